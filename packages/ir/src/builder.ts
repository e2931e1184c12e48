/** Builds blocks of operations; every emitted operation is checked by its own declaration. */

import type { DType } from "./dtype.ts";
import { InferenceError } from "./errors.ts";
import { type Literal, literal, storageTable, type TypedArray } from "./literal.ts";
import {
  type Block,
  type Func,
  type Location,
  type Operation,
  type OperationOf,
  type Region,
  Value,
} from "./module.ts";
import { type AttributesOf, declarationOf, type Opcode, qualifiedName } from "./ops/table.ts";
import { toStorage } from "./scalar.ts";
import { type Shape, sameType, sizeOf, type TensorType } from "./tensor-type.ts";

export interface EmitOptions {
  /** Result types, for ops whose results cannot be inferred. */
  readonly types?: readonly TensorType[];
  readonly regions?: readonly Region[];
  readonly location?: Location;
}

/** Ops that take no attributes. */
type PlainOpcode = {
  [K in Opcode]: Record<never, never> extends AttributesOf<K> ? K : never;
}[Opcode];

export class Builder {
  /** Location given to operations that are emitted without one. */
  location: Location | undefined;
  readonly operations: Operation[] = [];

  emit<K extends Opcode>(
    opcode: K,
    operands: readonly Value[],
    attributes: AttributesOf<K>,
    options: EmitOptions = {},
  ): readonly Value[] {
    const regions = options.regions ?? [];
    const location = options.location ?? this.location;
    const types = inferTypes(opcode, operands, attributes, regions, options.types);
    return this.#append({ opcode, operands, attributes, regions, location }, types);
  }

  #append<K extends Opcode>(
    operation: Omit<OperationOf<K>, "results">,
    types: readonly TensorType[],
  ): readonly Value[] {
    const results = types.map((type) => new Value(type));
    this.operations.push({ ...operation, results } as unknown as Operation);
    return results;
  }

  /** Emits an op with exactly one result. */
  one<K extends Opcode>(
    opcode: K,
    operands: readonly Value[],
    attributes: AttributesOf<K>,
    options?: EmitOptions,
  ): Value {
    return this.emit(opcode, operands, attributes, options)[0];
  }

  /** Emits an op without attributes and with one result. */
  op<K extends PlainOpcode>(opcode: K, ...operands: readonly Value[]): Value {
    return this.emit(opcode, operands, {} as AttributesOf<K>)[0];
  }

  /** Emits an op without attributes whose single result type must be stated. */
  as<K extends PlainOpcode>(opcode: K, type: TensorType, ...operands: readonly Value[]): Value {
    return this.emit(opcode, operands, {} as AttributesOf<K>, {
      types: [type],
    })[0];
  }

  constant(value: Literal): Value {
    return this.one("constant", [], { value });
  }

  /** A scalar constant, or a splat of it over `shape`. Complex values are [re, im]. */
  scalar(
    dtype: DType,
    value: number | bigint | boolean | readonly [number, number],
    shape: Shape = [],
  ): Value {
    return this.constant(splat(dtype, shape, value));
  }

  broadcast(operand: Value, shape: Shape, dimensions: readonly number[]): Value {
    const type = { dtype: operand.type.dtype, shape };
    return this.one("broadcast_in_dim", [operand], { broadcast_dimensions: dimensions }, { types: [type] });
  }

  reshape(operand: Value, shape: Shape): Value {
    return this.as("reshape", { dtype: operand.type.dtype, shape }, operand);
  }

  convert(operand: Value, dtype: DType): Value {
    return operand.type.dtype === dtype
      ? operand
      : this.as("convert", { dtype, shape: operand.type.shape }, operand);
  }

  /** A region: `body` gets a builder of its own and the block's arguments, and returns the block's results. */
  region(
    types: readonly TensorType[],
    body: (b: Builder, args: readonly Value[]) => readonly Value[],
  ): Region {
    const inner = new Builder();
    inner.location = this.location;
    const args = types.map((type) => new Value(type));
    return inner.finish(args, body(inner, args));
  }

  /** Reduction of one input by a binary op (add, maximum, and …). */
  reduceWith(
    opcode: "add" | "multiply" | "maximum" | "minimum" | "and" | "or" | "xor",
    input: Value,
    init: Value,
    dimensions: readonly number[],
  ): Value {
    const scalar = { dtype: input.type.dtype, shape: [] };
    const body = this.region([scalar, scalar], (b, [x, y]) => [b.op(opcode, x, y)]);
    return this.one("reduce", [input, init], { dimensions }, { regions: [body] });
  }

  /** Ends the block. */
  finish(args: readonly Value[], results: readonly Value[]): Block {
    this.emit("return", results, {});
    return { arguments: args, operations: this.operations };
  }

  /** Re-emits an operation with other operands and regions; passes use it to copy what they do not change. */
  copy(
    operation: Operation,
    operands: readonly Value[],
    regions: readonly Region[] = operation.regions,
  ): readonly Value[] {
    const types = operation.results.map(({ type }) => type);
    const { opcode, attributes, location = this.location } = operation;
    // Operands of the same types give results of the same types.
    if (regions.length === 0 && sameTypes(operands, operation.operands))
      return this.#append({ opcode, operands, attributes, regions, location } as never, types);
    return this.emit(operation.opcode, operands, operation.attributes as never, {
      types,
      regions,
      location: operation.location,
    });
  }
}

/** Whether values have the types of others; mostly they are the very objects. */
const sameTypes = (values: readonly Value[], others: readonly Value[]): boolean =>
  values.length === others.length &&
  values.every(({ type }, i) => type === others[i].type || sameType(type, others[i].type));

/** Builds a function. */
export function buildFunction(
  name: string,
  argumentTypes: readonly TensorType[],
  body: (b: Builder, args: readonly Value[]) => readonly Value[],
  visibility: Func["visibility"] = "public",
): Func {
  const block = new Builder().region(argumentTypes, body);
  const results = block.operations[block.operations.length - 1].operands;
  return {
    name,
    visibility,
    body: block,
    resultTypes: results.map(({ type }) => type),
  };
}

/** Result types of an operation; throws `InferenceError` with the op's name in front. */
export function inferTypes<K extends Opcode>(
  opcode: K,
  operands: readonly Value[],
  attributes: AttributesOf<K>,
  regions: readonly Region[],
  declared: readonly TensorType[] | undefined,
): readonly TensorType[] {
  const declaration = declarationOf(opcode);
  try {
    const types = operands.map(({ type }) => type);
    const { operands: names } = declaration;
    const variadic = names[names.length - 1]?.startsWith("*") ?? false;
    if (variadic ? types.length < names.length - 1 : types.length !== names.length) {
      throw new InferenceError(`takes ${names.length} operands, got ${types.length}`);
    }
    const results = declaration.infer({
      operands: types,
      attributes: attributes as never,
      regions,
      declared,
    });
    for (const { shape } of results) requireSizes(shape);
    return results;
  } catch (error) {
    if (error instanceof InferenceError && !error.message.startsWith(qualifiedName(opcode))) {
      throw new InferenceError(`${qualifiedName(opcode)}: ${error.message}`);
    }
    throw error;
  }
}

function requireSizes(shape: Shape): void {
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw new InferenceError(`the result cannot have shape (${shape.join(", ")})`);
  }
}

/** A constant that repeats one value; complex values are [re, im]. */
export function splat(
  dtype: DType,
  shape: Shape,
  value: number | bigint | boolean | readonly [number, number],
): Literal {
  const entries = sizeOf(shape) === 0 ? [] : toStorage(dtype, value);
  const data: TypedArray = new storageTable[dtype](entries as never);
  return literal(dtype, shape, data);
}
