/** Refuses programs that cannot be emitted, before anything is. */
import { formatLocation, kernel as k } from "@fluxion/ir";
import { isElementwise } from "./loops/gemm-kernel.ts";
import { isSupported } from "./loops/ops.ts";

/** A program that the WebAssembly code generator cannot compile. */
export class UnsupportedProgramError extends Error {
  override readonly name = "UnsupportedProgramError";
}

export function checkProgram(program: k.Program): void {
  for (const kernel of program.kernels) checkKernel(kernel);
}

function checkKernel(kernel: k.Kernel): void {
  const expr = (e: k.Expr): void => {
    if (e.kind === "op") {
      const from = (e.opcode === "select" ? e.args[1] : e.args[0]).dtype;
      if (!isSupported({ opcode: e.opcode, from }))
        throw new UnsupportedProgramError(
          `${e.opcode} on ${from} cannot be compiled to WebAssembly${whence(kernel)}; ` +
            "convert the operands to another dtype, or run it on the interpreter",
        );
    }
    k.childrenOf(e).forEach(expr);
  };
  const statements = (body: readonly k.Stmt[]): void => {
    for (const stmt of body) {
      k.expressionsOf(stmt).forEach(expr);
      if (stmt.kind === "reduce") stmt.combine.results.forEach(expr);
      k.bodiesOf(stmt).forEach(statements);
    }
  };
  if (kernel.kind === "gemm") {
    if (!isElementwise(kernel.epilogue))
      throw new UnsupportedProgramError(
        `the epilogue of a matrix product may only compute and store single elements${whence(kernel)}`,
      );
    expr(kernel.lhs);
    expr(kernel.rhs);
    statements(kernel.epilogue);
  } else {
    statements(kernel.prologue);
    statements(kernel.body);
  }
}

/** Which user code a kernel comes from. */
function whence({ name, origin }: k.Kernel): string {
  const places = origin.flatMap(({ location }) => (location === undefined ? [] : [formatLocation(location)]));
  return places.length === 0 ? ` (in kernel ${name})` : ` (in kernel ${name}, from ${places.join(", ")})`;
}
