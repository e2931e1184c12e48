/** Refuses programs that cannot be emitted, before anything is. */
import { formatArrayType, formatLocation, kernel as k, sizeOf } from "@fluxion/ir";
import { MAX_PAGES, PAGE_BYTES } from "./abi.ts";
import { isElementwise } from "./loops/gemm-kernel.ts";
import { isSupported } from "./loops/ops.ts";

/** A program that the WebAssembly code generator cannot compile. */
export class UnsupportedProgramError extends Error {
  override readonly name = "UnsupportedProgramError";
}

/** Loops count in i32, up to a few vectors beyond their end. */
const MOST_ITERATIONS = 2 ** 31 - 2 ** 16;

export function checkProgram(program: k.Program): void {
  program.buffers.forEach(checkBuffer);
  for (const kernel of program.kernels) checkKernel(kernel);
}

/** Refuses buffers of too many elements; what no memory can hold is an error of the memory, when it runs. */
function checkBuffer({ dtype, shape, bytes }: k.ProgramBuffer): void {
  if (sizeOf(shape) <= MOST_ITERATIONS || bytes > MAX_PAGES * PAGE_BYTES) return;
  throw new UnsupportedProgramError(
    `${formatArrayType({ dtype, shape })} has more than ${MOST_ITERATIONS} elements, which WebAssembly's 32-bit integers cannot ` +
      "count; split it into several arrays",
  );
}

/** The same for loops. */
function checkExtent(extent: number, kernel: k.Kernel): void {
  if (extent <= MOST_ITERATIONS || kernel.buffers.some(({ elements }) => elements > MOST_ITERATIONS)) return;
  throw new UnsupportedProgramError(
    `a loop over ${extent} elements is longer than ${MOST_ITERATIONS}, which WebAssembly's 32-bit integers cannot ` +
      `count${whence(kernel)}; split it into several`,
  );
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
      if (stmt.kind === "for") checkExtent(stmt.extent, kernel);
      if (stmt.kind === "reduce") {
        for (const { extent } of stmt.loops) checkExtent(extent, kernel);
        stmt.combine.results.forEach(expr);
      }
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
    if (kernel.grid !== undefined) checkExtent(kernel.grid.extent, kernel);
    statements(kernel.prologue);
    statements(kernel.body);
  }
}

/** Which user code a kernel comes from. */
function whence({ name, origin }: k.Kernel): string {
  const places = origin.flatMap(({ location }) => (location === undefined ? [] : [formatLocation(location)]));
  return places.length === 0 ? ` (in kernel ${name})` : ` (in kernel ${name}, from ${places.join(", ")})`;
}
