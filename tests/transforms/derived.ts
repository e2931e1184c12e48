/** Functions derived from those of a module, each with plain arrays in and out, so that transforms can be stacked. */

import { type BatchAxis, batch, jvp, linearize, ModuleScope, vjp } from "@fluxion/autodiff";
import {
  assertValid,
  type Builder,
  buildFunction,
  type Func,
  interpretFunction,
  isComplex,
  isFloat,
  type Literal,
  literal,
  type Module,
  sizeOf,
  type TensorType,
  type Value,
} from "@fluxion/ir";

export const hasTangent = ({ dtype }: TensorType): boolean => isFloat(dtype) || isComplex(dtype);

export const parameterTypes = ({ body }: Func): TensorType[] => body.arguments.map(({ type }) => type);

/** Parameters that may move. */
const moving = (func: Func): boolean[] => parameterTypes(func).map(hasTangent);

export class Derived {
  readonly scope: ModuleScope;

  constructor({ functions }: Module) {
    this.scope = new ModuleScope(functions);
  }

  /** A module in which a function is `@main`, the one to run. */
  moduleOf(func: Func): Module {
    const others = this.scope.functions.filter(({ name }) => name !== "main");
    return { name: undefined, functions: [{ ...func, name: "main", visibility: "public" }, ...others] };
  }

  /** Verifies a function and runs it on the reference interpreter. */
  run(func: Func, args: readonly Literal[]): Literal[] {
    const module = this.moduleOf(func);
    assertValid(module);
    return interpretFunction(module.functions[0], module, args);
  }

  #call(b: Builder, callee: Func, args: readonly Value[], checkpoint?: string): readonly Value[] {
    const known = this.scope.find(callee.name) === callee;
    const name = known ? callee.name : this.scope.add(callee);
    const attributes = { callee: name, ...(checkpoint === undefined ? {} : { checkpoint }) };
    return b.emit("call", args, attributes, { types: callee.resultTypes });
  }

  /** (params…, tangents of active params…) → tangents of the results that may have one, zeros included. */
  forward(func: Func, active: readonly boolean[] = moving(func)): Func {
    const derived = jvp(this.scope, func, active);
    return buildFunction(`${func.name}_tangents`, parameterTypes(derived.func), (b, args) => {
      const results = this.#call(b, derived.func, args);
      return allTangents(b, func, results.slice(func.resultTypes.length), derived.outputsActive);
    });
  }

  /** As `forward`, with the results in front. */
  forwardWithValues(func: Func, active: readonly boolean[] = moving(func)): Func {
    const derived = jvp(this.scope, func, active);
    return buildFunction(`${func.name}_both`, parameterTypes(derived.func), (b, args) => {
      const results = this.#call(b, derived.func, args);
      const count = func.resultTypes.length;
      return [
        ...results.slice(0, count),
        ...allTangents(b, func, results.slice(count), derived.outputsActive),
      ];
    });
  }

  /** As `forward`, by `linearize`. */
  linearized(func: Func, active: readonly boolean[] = moving(func)): Func {
    const { primal, linear, outputsActive } = linearize(this.scope, func, active);
    const params = parameterTypes(func);
    const types = [...params, ...params.filter((_, i) => active[i])];
    return buildFunction(`${func.name}_linearized`, types, (b, args) => {
      const values = this.#call(b, primal, args.slice(0, params.length));
      const residuals = values.slice(func.resultTypes.length);
      const tangents = this.#call(b, linear, [...residuals, ...args.slice(params.length)]);
      return allTangents(b, func, tangents, outputsActive);
    });
  }

  /** (params…, cotangents of the results that may have one…) → cotangents of active params. */
  reverse(func: Func, active: readonly boolean[] = moving(func)): Func {
    const { forward, backward, outputsActive } = vjp(this.scope, func, active);
    const params = parameterTypes(func);
    const incoming = func.resultTypes.filter(hasTangent);
    return buildFunction(`${func.name}_cotangents`, [...params, ...incoming], (b, args) => {
      const values = this.#call(b, forward, args.slice(0, params.length));
      let next = params.length;
      const cotangents = func.resultTypes.flatMap((type, i) => {
        if (!hasTangent(type)) return [];
        const ct = args[next++];
        return outputsActive[i] ? [ct] : [];
      });
      return this.#call(b, backward, [...values.slice(func.resultTypes.length), ...cotangents]);
    });
  }

  /** Many examples at once; see `batch`. */
  batched(
    func: Func,
    size: number,
    inAxes: readonly BatchAxis[],
  ): { func: Func; outAxes: readonly BatchAxis[] } {
    return batch(this.scope, func, size, inAxes);
  }

  /** A call of the function, with a checkpoint policy if one is given. */
  called(func: Func, checkpoint?: string): Func {
    return buildFunction(`${func.name}_called`, parameterTypes(func), (b, args) =>
      this.#call(b, func, args, checkpoint),
    );
  }
}

function allTangents(
  b: Builder,
  { resultTypes }: Func,
  tangents: readonly Value[],
  active: readonly boolean[],
): Value[] {
  let next = 0;
  return resultTypes.flatMap((type, i) => {
    if (!hasTangent(type)) return [];
    return [active[i] ? tangents[next++] : b.scalar(type.dtype, 0, type.shape)];
  });
}

/** Numbers of an element: complex ones have two. */
const entriesOf = ({ dtype }: TensorType): number => (isComplex(dtype) ? 2 : 1);

type Storage = Float64Array;
const build = (like: Literal, shape: readonly number[], entries: readonly (number | bigint)[]): Literal => {
  const data = new (like.data.constructor as new (length: number) => Storage)(entries.length);
  entries.forEach((value, i) => {
    data[i] = value as number;
  });
  return literal(like.type.dtype, shape, data);
};

/** Elements in storage order, those of a splat repeated. */
export function elements({ type, data, splat }: Literal): (number | bigint)[] {
  const count = sizeOf(type.shape) * entriesOf(type);
  return splat
    ? Array.from({ length: count }, (_, i) => data[i % data.length])
    : Array.from(data as Float64Array);
}

/** One array with the given ones along an axis. */
export function stack(list: readonly Literal[], axis: number): Literal {
  const { type } = list[0];
  const inner = sizeOf(type.shape.slice(axis)) * entriesOf(type);
  const sources = list.map(elements);
  const entries = Array.from({ length: sizeOf(type.shape.slice(0, axis)) }, (_, o) =>
    sources.flatMap((source) => source.slice(o * inner, (o + 1) * inner)),
  ).flat();
  return build(list[0], [...type.shape.slice(0, axis), list.length, ...type.shape.slice(axis)], entries);
}

/** Example n of a batch along an axis. */
export function exampleOf(x: Literal, axis: BatchAxis, n: number): Literal {
  if (axis === null) return x;
  const { shape } = x.type;
  const entries = elements(x);
  const inner = sizeOf(shape.slice(axis + 1)) * entriesOf(x.type);
  const picked = Array.from({ length: sizeOf(shape.slice(0, axis)) }, (_, o) => {
    const from = (o * shape[axis] + n) * inner;
    return entries.slice(from, from + inner);
  }).flat();
  return build(
    x,
    shape.filter((_, i) => i !== axis),
    picked,
  );
}
