/** `task(kernel, frame, begin, end)`: what threads call; finds the kernel's function. */
import { EXPORT_TASK } from "../abi.ts";
import type { Binaryen, BinaryenModule, Expr } from "../binaryen/load.ts";
import { FunctionBuilder } from "../emit/function-builder.ts";

/** `functions[i]` is the function (table, begin, end) of task number i. */
export function emitTask(b: Binaryen, m: BinaryenModule, functions: readonly string[]): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32], b.none);
  const call = (name: string): Expr =>
    m.call(name, [f.get(f.param(1)), f.get(f.param(2)), f.get(f.param(3))], b.none);
  if (functions.length === 1) f.push(call(functions[0]));
  else if (functions.length > 1) {
    // Blocks inside each other: a jump out of block i lands before the call of function i.
    const labels = functions.map((_, i) => `task${i}`);
    const other = "other";
    let body = m.block(labels[0], [m.switch(labels, other, f.get(f.param(0)), 0)]);
    functions.forEach((name, i) => {
      body = m.block(labels[i + 1] ?? other, [body, call(name), m.return()]);
    });
    f.push(body);
  }
  f.finish(EXPORT_TASK);
  m.addFunctionExport(EXPORT_TASK, EXPORT_TASK);
}
