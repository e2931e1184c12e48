import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { scaled } from "./source.ts";

/** floor(index · total / parts): where part `index` of an even division begins. */
export function share(f: FunctionBuilder, index: Local, total: number, parts: number): Expr {
  const { i32, i64 } = f.m;
  if (total % parts === 0) return scaled(f, index, total / parts);
  const product = i64.mul(i64.extend_u(f.get(index)), i64.const(total));
  return i32.wrap(i64.div_u(product, i64.const(parts)));
}
