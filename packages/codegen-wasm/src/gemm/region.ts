/** Positions whose elements share what can be shared. */
import type { Expr, FunctionBuilder } from "../emit/function-builder.ts";
import type { Coordinate, Region } from "./spec.ts";

/** Emits a region of straight code. */
export function inRegion(f: FunctionBuilder, body: (region: Region) => void): void {
  const before: Expr[] = [];
  const statements = f.collect(() => body({ before }));
  for (const statement of [...before, ...statements]) f.push(statement);
}

/** A coordinate as a value. */
export const coordinateValue = (f: FunctionBuilder, { base, offset }: Coordinate): Expr =>
  offset === 0 ? f.get(base) : f.m.i32.add(f.get(base), f.m.i32.const(offset));
