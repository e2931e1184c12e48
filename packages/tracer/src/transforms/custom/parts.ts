/**
 * The functions that make up a call with rules of the user: what is called, and the rules. Each is traced by itself and may close
 * over arrays; the call has one list of operands for all of them, so their parameters are brought into line.
 */

import { Builder, type Func, isComplex, literal, type Operation, splat, Value } from "@fluxion/ir";
import type { Aval } from "../../core/aval.ts";
import { atLocation, type TraceOrigin, UnexpectedTracerError } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, type NDArray, storageOf } from "../../core/ndarray.ts";
import {
  currentTrace,
  type ModuleBuilder,
  Trace,
  type TracedFunction,
  traceFunction,
  withTrace,
} from "../../core/trace.ts";
import { TraceValues } from "../known-values.ts";

/** A traced function: its own parameters, then one for each array that it closes over. */
export interface Part {
  readonly func: Func;
  readonly own: number;
  readonly captured: readonly NDArray[];
  readonly resultAvals: readonly Aval[];
}

export interface PartRequest {
  readonly origin: TraceOrigin;
  readonly avals: readonly Aval[];
  /** Arrays that parameters stand for, where there are any. */
  readonly values?: readonly (NDArray | undefined)[];
  readonly body: (parameters: readonly NDArray[]) => readonly NDArray[];
}

const partOf = ({ func, captured, resultAvals }: TracedFunction, own: number): Part => ({
  func,
  own,
  captured,
  resultAvals,
});

/** Traces a part inside of the current trace. */
export function tracePart({ origin, avals, values, body }: PartRequest): Part {
  const traced = traceFunction(
    origin,
    avals,
    body,
    [],
    (trace, parameters) => new TraceValues(trace, parameters, values ?? []),
  );
  return partOf(traced, avals.length);
}

/**
 * Traces a part later, when a transform asks for it. It closes over `closesOver`, whose traces may have ended; other arrays that it
 * closes over become constants.
 * @throws UnexpectedTracerError, or what `unreachable` makes, if it closes over another traced array.
 */
export function tracePartLater(
  module: ModuleBuilder,
  { origin, avals, body }: PartRequest,
  closesOver: readonly NDArray[],
  unreachable: (x: NDArray) => Error = () => closedOver(origin),
): Part {
  const around = new Trace("function", origin, undefined, module);
  const part = partOf(
    withTrace(around, () =>
      traceFunction(origin, avals, (parameters) => {
        for (const x of closesOver) currentTrace()?.capture(x);
        return body(parameters);
      }),
    ),
    avals.length,
  );
  const b = new Builder();
  const constants = part.captured.slice(closesOver.length).map((x): Operation => {
    if (isTracer(x)) throw unreachable(x);
    const value = literal(x.aval.dtype, x.aval.shape, storageOf(x));
    b.constant(value);
    return b.operations[b.operations.length - 1];
  });
  const { arguments: args, operations } = part.func.body;
  const kept = part.own + closesOver.length;
  const defined = constants.map((op, i) => ({ ...op, results: [args[kept + i]] }) as Operation);
  const bodyBlock = { arguments: args.slice(0, kept), operations: [...defined, ...operations] };
  return { ...part, captured: closesOver, func: { ...part.func, body: bodyBlock } };
}

/** The text of the error. */
export const closedOverText = ({ transform, functionName, location }: TraceOrigin): string =>
  `Encountered an unexpected tracer. The rule ${functionName} of a ${transform} function closes over a traced array that it ` +
  `cannot reach where it is asked for${atLocation(location)}\nPass the array as an argument of the function.` +
  atLocation(userLocation());

const closedOver = (origin: TraceOrigin): UnexpectedTracerError =>
  new UnexpectedTracerError(closedOverText(origin));

/** Arrays that any of the parts closes over, each once. */
export const capturedBy = (...parts: readonly Part[]): NDArray[] => [
  ...new Set(parts.flatMap(({ captured }) => captured)),
];

/** The parameters of a part for a list of arrays of which it closes over some. */
export function parametersFor({ func, own, captured }: Part, arrays: readonly NDArray[]): Value[] {
  const given = func.body.arguments.slice(own);
  return arrays.map(
    (x) => given[captured.indexOf(x)] ?? new Value({ dtype: x.aval.dtype, shape: x.aval.shape }),
  );
}

/** A part as a function with other parameters, and further results behind its own. */
export function rearranged(
  { func }: Part,
  parameters: readonly Value[],
  further: (b: Builder) => readonly Value[] = () => [],
): Func {
  const operations = func.body.operations.slice(0, -1);
  const last = func.body.operations[func.body.operations.length - 1];
  const b = new Builder();
  const added = further(b);
  const end = { ...last, operands: [...last.operands, ...added] } as Operation;
  return {
    ...func,
    visibility: "private",
    body: { arguments: parameters, operations: [...operations, ...b.operations, end] },
    resultTypes: [...func.resultTypes, ...added.map(({ type }) => type)],
  };
}

export const zerosOf = (b: Builder, { dtype, shape }: Aval): Value =>
  b.constant(splat(dtype, shape, isComplex(dtype) ? [0, 0] : 0));

/** The trace that a call with rules is emitted into. */
export function traceOfCall(): Trace {
  const trace = currentTrace();
  if (trace === undefined) throw new Error("a call with rules was staged outside of a trace");
  return trace;
}

/** What `make` gives, or the error that it throws, for later. */
export function attempt<T>(make: () => T): () => T {
  try {
    const made = make();
    return () => made;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** What `get` gives; nothing if it throws. */
export function orNothing<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
