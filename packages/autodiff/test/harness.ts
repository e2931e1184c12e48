/** Derivatives of IR functions on the reference interpreter, and what they are compared with. */

import {
  assertValid,
  buildFunction,
  type Func,
  interpretFunction,
  type Literal,
  literal,
  type Module,
  parseModule,
  sizeOf,
  type TensorType,
} from "@fluxion/ir";
import { jvp, linearize, ModuleScope, vjp } from "../src/index.ts";

export interface Subject {
  readonly scope: ModuleScope;
  readonly func: Func;
}

/** The function `main` of a text, in a scope of its module. */
export function subject(text: string): Subject {
  const module = parseModule(text);
  const scope = new ModuleScope(module.functions);
  const func = scope.find("main");
  if (func === undefined) throw new Error("the text has no @main");
  return { scope, func };
}

const moduleOf = (scope: ModuleScope, func: Func): Module => ({
  name: undefined,
  functions: scope.functions.some(({ name }) => name === func.name)
    ? scope.functions.map((other) => (other.name === func.name ? func : other))
    : [func, ...scope.functions],
});

/** Verifies and runs a derived function. */
export function run(scope: ModuleScope, func: Func, args: readonly Literal[]): Literal[] {
  const module = moduleOf(scope, func);
  assertValid(module);
  return interpretFunction(func, module, args);
}

export const numbers = ({ type, data, splat }: Literal): number[] =>
  splat
    ? new Array<number>(sizeOf(type.shape)).fill(Number(data[0]))
    : Array.from(data as Float64Array, Number);

/** Small numbers that repeat no pattern of the shape. */
export function sample({ dtype, shape }: TensorType, seed: number, low = -1, high = 1): Literal {
  if (dtype !== "float64") throw new Error(`samples are float64, not ${dtype}`);
  const at = (i: number): number => (((i + 1) * 0.6180339887 + seed * 0.7548776662) % 1) * (high - low) + low;
  return literal(
    dtype,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => at(i)),
  );
}

const dot = (xs: readonly Literal[], ys: readonly Literal[]): number => {
  const flat = (list: readonly Literal[]): number[] => list.flatMap(numbers);
  const [a, b] = [flat(xs), flat(ys)];
  return a.reduce((sum, x, i) => sum + x * b[i], 0);
};

const moved = (x: Literal, t: Literal, step: number): Literal => {
  const along = numbers(t);
  return literal(
    x.type.dtype,
    x.type.shape,
    Float64Array.from(numbers(x), (value, i) => value + step * along[i]),
  );
};

/** Greatest difference, relative to the greatest expected value or 1. */
export function distance(actual: readonly Literal[], expected: readonly Literal[]): number {
  const wanted = expected.flatMap(numbers);
  const scale = Math.max(1, ...wanted.map(Math.abs));
  return Math.max(0, ...actual.flatMap(numbers).map((x, i) => Math.abs(x - wanted[i]) / scale));
}

export interface Deviations {
  /** Forward mode against central differences. */
  readonly forward: number;
  /** ⟨ȳ, ẏ⟩ against ⟨x̄, ẋ⟩. */
  readonly reverse: number;
  /** The linear map of `linearize` against forward mode. */
  readonly linearized: number;
}

/** Differentiates in the parameters that are float64 and compares forward, reverse and differences. */
export function deviations({ scope, func }: Subject, args: readonly Literal[], step = 1e-6): Deviations {
  const active = args.map(({ type }) => type.dtype === "float64");
  const moving = args.filter((_, i) => active[i]);
  const tangents = moving.map(({ type }, i) => sample(type, 11 + i));
  const at = (h: number): Literal[] => {
    let next = 0;
    return run(
      scope,
      func,
      args.map((x, i) => (active[i] ? moved(x, tangents[next++], h) : x)),
    );
  };
  const forward = jvp(scope, func, active);
  const isMoving = forward.outputsActive;
  const outputs = run(scope, forward.func, [...args, ...tangents]);
  const ydot = outputs.slice(isMoving.length);
  const [plus, minus] = [at(step), at(-step)].map((ys) => ys.filter((_, i) => isMoving[i]));
  const slopes = plus.map((y, i) => {
    const low = numbers(minus[i]);
    return literal(
      "float64",
      y.type.shape,
      Float64Array.from(numbers(y), (v, k) => (v - low[k]) / (2 * step)),
    );
  });
  const split = linearize(scope, func, active);
  const held = run(scope, split.primal, args).slice(isMoving.length);
  const along = run(scope, split.linear, [...held, ...tangents]);
  const back = vjp(scope, func, active);
  const residuals = run(scope, back.forward, args).slice(isMoving.length);
  const cts = ydot.map(({ type }, i) => sample(type, 23 + i));
  const xbar = run(scope, back.backward, [...residuals, ...cts]);
  const [left, right] = [dot(cts, ydot), dot(xbar, tangents)];
  return {
    forward: distance(ydot, slopes),
    reverse: Math.abs(left - right) / Math.max(1, Math.abs(left)),
    linearized: distance(along, ydot),
  };
}

/** The gradient of a function with one output as a function: a subject of its own. */
export function gradientOf({ scope, func }: Subject): Subject {
  const active = func.body.arguments.map(({ type }) => type.dtype === "float64");
  const { forward, backward, outputsActive } = vjp(scope, func, active);
  const [f, g] = [scope.add(forward), scope.add(backward)];
  return { scope, func: composeGradient(scope, f, g, outputsActive) };
}

function composeGradient(
  scope: ModuleScope,
  forward: string,
  backward: string,
  active: readonly boolean[],
): Func {
  const f = scope.find(forward);
  const g = scope.find(backward);
  if (f === undefined || g === undefined) throw new Error("derived functions are missing");
  const types = f.body.arguments.map(({ type }) => type);
  return buildFunction(`${forward}_grad`, types, (b, args) => {
    const held = b.emit("call", args, { callee: forward }, { types: f.resultTypes });
    const cts = active.flatMap((on, i) => (on ? [b.scalar("float64", 1, f.resultTypes[i].shape)] : []));
    return b.emit(
      "call",
      [...held.slice(active.length), ...cts],
      { callee: backward },
      { types: g.resultTypes },
    );
  });
}
