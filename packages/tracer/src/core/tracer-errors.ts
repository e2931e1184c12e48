/** Errors for code that needs the value of a traced array: what was asked for, where, and which arguments it hangs on. */

import { formatLocation, type Operation, type Value } from "@fluxion/ir";
import { formatAval } from "./aval.ts";
import {
  atLocation,
  ConcretizationTypeError,
  TracerArrayConversionError,
  TracerBoolConversionError,
  TracerIntegerConversionError,
} from "./errors.ts";
import { userLocation } from "./location.ts";
import type { NDArray } from "./ndarray.ts";
import type { Trace } from "./trace.ts";

/** Values that an operation reads, those of its regions included. */
const valuesRead = (operation: Operation): readonly Value[] => [
  ...operation.operands,
  ...operation.regions.flatMap((region) => region.operations.flatMap(valuesRead)),
];

/** The operation behind each value that a trace can see. */
function producersOf(trace: Trace): Map<Value, Operation> {
  const producers = trace.kind === "region" && trace.parent ? producersOf(trace.parent) : new Map();
  for (const operation of trace.builder.operations) {
    for (const result of operation.results) producers.set(result, operation);
  }
  return producers;
}

const nameIn = (trace: Trace, value: Value): string | undefined =>
  trace.argumentNames.get(value) ??
  (trace.kind === "region" && trace.parent ? nameIn(trace.parent, value) : undefined);

/** Names of the arguments of the traced function that a traced value depends on. */
export function argumentsBehind(x: NDArray): string[] {
  if (x.payload.kind !== "traced") return [];
  const { trace, value: root } = x.payload;
  const producers = producersOf(trace);
  const captured = new Map([...trace.captured].map(([array, value]) => [value, array] as const));
  const names = new Set<string>();
  const seen = new Set<Value>();
  const pending = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const name = nameIn(trace, value);
    if (name !== undefined) names.add(name);
    const outer = captured.get(value);
    if (outer !== undefined) for (const outerName of argumentsBehind(outer)) names.add(outerName);
    const producer = producers.get(value);
    if (producer !== undefined) pending.push(...valuesRead(producer));
  }
  // In the order of the parameters.
  return [...trace.argumentNames.values(), ...names].filter(
    (name, i, all) => names.has(name) && all.indexOf(name) === i,
  );
}

/** Where the trace began and what the value depends on. */
function explain(x: NDArray): string {
  if (x.payload.kind !== "traced") return "";
  const { functionName, transform, location } = x.payload.trace.origin;
  const place = location ? ` at ${formatLocation(location)}` : "";
  const names = argumentsBehind(x);
  const dependence =
    names.length === 0
      ? "it is an argument of a loop body or branch, or computed from one."
      : `it depends on the value of the argument${names.length > 1 ? "s" : ""} ${names.join(", ")}.`;
  return (
    `The error occurred while tracing the function ${functionName} for ${transform}${place}. This concrete value ` +
    `was not available in JavaScript because ${dependence}`
  );
}

/** `staticArgnums` helps a value that comes from arguments; what a loop carries has no value while tracing at all. */
const staticAdvice = (x: NDArray): string => {
  const names = argumentsBehind(x);
  return names.length === 0
    ? "compute it outside of the loop body or branch"
    : `make the arguments it comes from (${names.join(", ")}) static with jit(f, { staticArgnums: [...] })`;
};

/** `float32[3]`; JAX's messages leave weakness out. */
const typeOf = ({ aval }: NDArray): string => formatAval({ ...aval, weakType: false });

const message = (x: NDArray, head: string, advice: string): string =>
  `${head}${atLocation(userLocation())}\n${explain(x)}\n${advice}`;

const expectedConcrete = (x: NDArray): string =>
  `Abstract tracer value encountered where concrete value is expected: traced array with shape ${typeOf(x)}`;

const controlFlow =
  "Choose between values with jnp.where(condition, a, b), between computations with lax.cond, loop with " +
  "lax.whileLoop or lax.foriLoop";

/** `if (x > 0)`, `flag == true`: a traced condition. */
export const boolConversionError = (x: NDArray): TracerBoolConversionError =>
  new TracerBoolConversionError(
    message(
      x,
      `Attempted boolean conversion of traced array with shape ${typeOf(x)}.`,
      `${controlFlow}, or ${staticAdvice(x)}.`,
    ),
  );

/** `Number(x)`, `x > 0`, `x + 1`, `x.item()`; `what` says which, `advice` what to do besides static arguments. */
export const concretizationError = (
  x: NDArray,
  what: string,
  advice: string = controlFlow,
): ConcretizationTypeError =>
  new ConcretizationTypeError(
    message(x, `${expectedConcrete(x)}\n${what}`, `${advice}, or ${staticAdvice(x)}.`),
  );

/** `list[i]` with a traced i. */
export const integerConversionError = (x: NDArray): TracerIntegerConversionError =>
  new TracerIntegerConversionError(
    message(
      x,
      `The __index__() method was called on traced array with shape ${typeOf(x)}: it was used as the key ` +
        "of a JavaScript object or array.",
      `Index an array of Fluxion instead, jnp.array(list).get(i), or ${staticAdvice(x)}.`,
    ),
  );

/** `x.data()`, `JSON.stringify(x)`, a typed array of x. */
export const arrayConversionError = (x: NDArray, what: string): TracerArrayConversionError =>
  new TracerArrayConversionError(
    message(
      x,
      `The numpy.ndarray conversion method __array__() was called on traced array with shape ${typeOf(x)}: ` +
        `${what} needs its elements.`,
      `Compute with jnp functions instead, read the elements outside of the traced function, or ${staticAdvice(x)}.`,
    ),
  );

/** A traced value where a size must be known; `got` shows the shape as it was given. */
export const tracedShapeError = (x: NDArray, fn: string, got: string): TypeError =>
  new TypeError(
    message(
      x,
      `Shapes must be 1D sequences of concrete values of integer type, got ${got} in ${fn}.`,
      `If using \`jit\`, ${staticAdvice(x)}, or apply \`jit\` to smaller functions.`,
    ),
  );
