/** Modules of one elementwise op, for measuring it. */

import {
  buildFunction,
  type DType,
  type ElementwiseOpcode,
  interpretFunction,
  type Literal,
  literal,
  type Module,
  type TypedArray,
} from "@fluxion/ir";
import { runModule } from "./compare.ts";

function moduleOf(opcode: ElementwiseOpcode, arity: number, dtype: DType, size: number): Module {
  const types = Array.from({ length: arity }, () => ({ dtype, shape: [size] }));
  const main = buildFunction("main", types, (b, args) => [b.op(opcode as "add", ...args)]);
  return { name: opcode, functions: [main] };
}

/** What the adapter computes of float32 operands. */
export async function onAdapter(
  opcode: ElementwiseOpcode,
  operands: readonly Float32Array[],
): Promise<Float32Array> {
  const size = operands[0].length;
  const inputs = operands.map((data) => literal("float32", [size], data as Float32Array<ArrayBuffer>));
  const [[result]] = await runModule(moduleOf(opcode, operands.length, "float32", size), inputs);
  return result.data as Float32Array;
}

/** The same by the interpreter in double precision. */
export function inDouble(opcode: ElementwiseOpcode, operands: readonly Float32Array[]): Float64Array {
  const inputs = operands.map((data) => literal("float64", [data.length], Float64Array.from(data)));
  return interpreted(opcode, "float64", inputs) as Float64Array;
}

/** The same by the interpreter, rounded to float32. */
export function inSingle(opcode: ElementwiseOpcode, operands: readonly Float32Array[]): Float32Array {
  const inputs = operands.map((data) => literal("float32", [data.length], data as Float32Array<ArrayBuffer>));
  return interpreted(opcode, "float32", inputs) as Float32Array;
}

function interpreted(opcode: ElementwiseOpcode, dtype: DType, inputs: readonly Literal[]): TypedArray {
  const module = moduleOf(opcode, inputs.length, dtype, inputs[0].type.shape[0]);
  const [result] = interpretFunction(module.functions[0], module, inputs);
  return result.data;
}
