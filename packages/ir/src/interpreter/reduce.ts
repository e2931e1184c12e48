/**
 * `reduce`: a left fold in row-major order, starting from the init values. A body that is one addition of floats
 * accumulates in double precision and rounds once at the end, which is the value that backends are compared with; any
 * other body rounds at every step as it is written.
 */

import { isComplex, isFloat } from "../dtype.ts";
import type { OperationOf, Region } from "../module.ts";
import { sizeOf, stridesOf, type TensorType } from "../tensor-type.ts";
import type { CompiledBody } from "./compiled-body.ts";
import { offsetsOf } from "./strided.ts";
import { allocate, decode, reader, type Scalar, sink, type Tensor, writer } from "./tensor.ts";

/** Where the elements of the inputs lie: result element o folds the elements at base[o] + step[r] for every r. */
interface Layout {
  readonly base: Int32Array;
  readonly steps: Int32Array;
}

function layoutOf({ shape }: TensorType, dimensions: readonly number[]): Layout {
  const strides = stridesOf(shape);
  const folded = shape.map((_, axis) => axis).filter((axis) => dimensions.includes(axis));
  const kept = shape.map((_, axis) => axis).filter((axis) => !dimensions.includes(axis));
  const over = (axes: readonly number[]) =>
    offsetsOf(
      axes.map((axis) => shape[axis]),
      axes.map((axis) => strides[axis]),
    );
  return { base: over(kept), steps: over(folded) };
}

/** How a body runs on one pair of elements. */
export interface Bodies {
  compile(region: Region): CompiledBody | undefined;
  /** Runs a region on scalar arrays; for bodies that do not compile. */
  run(region: Region, args: readonly Tensor[]): readonly Tensor[];
}

export function reduce(
  operation: OperationOf<"reduce">,
  operands: readonly Tensor[],
  bodies: Bodies,
): Tensor[] {
  const count = operands.length / 2;
  const [inputs, inits] = [operands.slice(0, count), operands.slice(count)];
  const layout = layoutOf(inputs[0].type, operation.attributes.dimensions);
  const body = operation.regions[0];
  const types = operation.results.map(({ type }) => type);
  if (isAddition(body)) return [sum(types[0], inputs[0], inits[0], layout)];
  const compiled = bodies.compile(body);
  return compiled !== undefined
    ? foldCompiled(types, inputs, inits, layout, compiled)
    : foldRegion(types, inputs, inits, layout, (args) => bodies.run(body, args));
}

/** `return add(x, y)` of the two arguments, on floats or complex numbers. */
function isAddition(body: Region): boolean {
  const [first, last] = body.operations;
  if (body.operations.length !== 2 || first.opcode !== "add" || body.arguments.length !== 2) return false;
  const { dtype } = body.arguments[0].type;
  const both = body.arguments.every((argument) => first.operands.includes(argument));
  return both && last.operands[0] === first.results[0] && (isFloat(dtype) || isComplex(dtype));
}

function sum(type: TensorType, input: Tensor, init: Tensor, { base, steps }: Layout): Tensor {
  if (isComplex(type.dtype)) return complexSum(type, input, init, { base, steps });
  const [values, [start]] = [decode(input) as Float64Array, decode(init)];
  const { out, finish } = sink(type);
  for (let o = 0; o < base.length; o++) {
    let total = Number(start);
    for (let r = 0; r < steps.length; r++) total += values[base[o] + steps[r]];
    out[o] = total;
  }
  return finish();
}

function complexSum(type: TensorType, input: Tensor, init: Tensor, { base, steps }: Layout): Tensor {
  const result = allocate(type);
  const [values, out, start] = [input.data, result.data, init.data] as Float64Array[];
  for (let o = 0; o < base.length; o++) {
    let [re, im] = start;
    for (let r = 0; r < steps.length; r++) {
      const at = 2 * (base[o] + steps[r]);
      re += values[at];
      im += values[at + 1];
    }
    out[2 * o] = re;
    out[2 * o + 1] = im;
  }
  return result;
}

function foldCompiled(
  types: readonly TensorType[],
  inputs: readonly Tensor[],
  inits: readonly Tensor[],
  { base, steps }: Layout,
  { registers, results, run }: CompiledBody,
): Tensor[] {
  const count = inputs.length;
  const outputs = types.map(allocate);
  const reads = inputs.map(({ type, data }) => reader(type.dtype, data));
  const starts = inits.map(({ type, data }) => reader(type.dtype, data)(0));
  const writes = outputs.map(({ type, data }) => writer(type.dtype, data));
  const next: Scalar[] = [...starts];
  for (let o = 0; o < base.length; o++) {
    for (let k = 0; k < count; k++) registers[k] = starts[k];
    for (let r = 0; r < steps.length; r++) {
      const at = base[o] + steps[r];
      for (let k = 0; k < count; k++) registers[count + k] = reads[k](at);
      run();
      for (let k = 0; k < count; k++) next[k] = registers[results[k]];
      for (let k = 0; k < count; k++) registers[k] = next[k];
    }
    for (let k = 0; k < count; k++) writes[k](o, registers[k]);
  }
  return outputs;
}

function foldRegion(
  types: readonly TensorType[],
  inputs: readonly Tensor[],
  inits: readonly Tensor[],
  { base, steps }: Layout,
  run: (args: readonly Tensor[]) => readonly Tensor[],
): Tensor[] {
  const outputs = types.map(allocate);
  for (let o = 0; o < base.length; o++) {
    let accumulators: readonly Tensor[] = inits;
    for (let r = 0; r < steps.length; r++) {
      const elements = inputs.map((input) => elementOf(input, base[o] + steps[r]));
      accumulators = run([...accumulators, ...elements]);
    }
    accumulators.forEach((accumulator, k) => {
      const { dtype } = types[k];
      writer(dtype, outputs[k].data)(o, reader(dtype, accumulator.data)(0));
    });
  }
  return outputs;
}

/** One element as a scalar array. */
function elementOf({ type, data }: Tensor, index: number): Tensor {
  const entries = data.length / Math.max(1, sizeOf(type.shape));
  return {
    type: { dtype: type.dtype, shape: [] },
    data: data.slice(index * entries, (index + 1) * entries),
  };
}
