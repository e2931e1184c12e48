/**
 * `config.checkTracerLeaks`: whether a traced array outlives the trace that it belongs to, in a variable outside of the
 * function, say. JavaScript has no reference counts, but V8 can collect garbage and count the instances of a class that are left:
 * while the setting is on, the arrays of a trace are instances of classes of their own, one for each line of the user's program.
 */

import { type Aval, formatAval } from "./aval.ts";
import { config } from "./config.ts";
import { atLocation, NotImplementedError, type TraceOrigin, UnexpectedTracerError } from "./errors.ts";
import { userLocation } from "./location.ts";
import { NDArray, type Payload } from "./ndarray.ts";

type ArrayClass = new (aval: Aval, payload: Payload) => NDArray;

/** V8's count of the live instances of a class; the prototypes of its subclasses count too. */
type Count = (type: ArrayClass) => number;

class Probe {
  readonly #base: ArrayClass = class extends NDArray {};
  /** A class for each type and line, by its description. */
  readonly #classes = new Map<string, ArrayClass>();

  make(aval: Aval, payload: Payload): NDArray {
    const where = `${formatAval(aval)}${atLocation(userLocation())}`;
    const known = this.#classes.get(where) ?? class extends this.#base {};
    this.#classes.set(where, known);
    return new known(aval, payload);
  }

  /** Descriptions of what is still alive. */
  survivors(count: Count): string[] {
    if (count(this.#base) <= this.#classes.size) return [];
    return [...this.#classes].flatMap(([where, type]) => (count(type) > 0 ? [where] : []));
  }
}

let probe: Probe | undefined;

/** A traced array, of a class of its own while leaks are looked for. */
export const makeTracer = (aval: Aval, payload: Payload): NDArray =>
  probe === undefined ? new NDArray(aval, payload) : probe.make(aval, payload);

/** @throws NotImplementedError in engines that cannot count. */
function instanceCounter(): Count {
  const v8 = typeof process === "object" ? process.getBuiltinModule?.("node:v8") : undefined;
  if (v8?.queryObjects === undefined) {
    throw new NotImplementedError(
      "config.checkTracerLeaks needs node:v8's queryObjects (Node 22 and later): other engines do not tell which objects are " +
        "alive. A leaked tracer is an error when it is used, also without this setting.",
    );
  }
  const { queryObjects } = v8;
  return (type) => Number(queryObjects(type, { format: "count" }));
}

/**
 * Runs `trace`, which traces a function; its result must not hold traced arrays.
 * @throws UnexpectedTracerError if traced arrays are alive afterwards; the text lists their types and lines.
 */
export function watchTracers<T>(origin: TraceOrigin, trace: () => T): T {
  if (!config.checkTracerLeaks || probe !== undefined) return trace();
  const count = instanceCounter();
  const own = new Probe();
  probe = own;
  let result: T;
  try {
    result = trace();
  } finally {
    probe = undefined;
  }
  const survivors = own.survivors(count);
  if (survivors.length === 0) return result;
  const { functionName, transform, location } = origin;
  throw new UnexpectedTracerError(
    `Leaked trace of ${functionName} for ${transform}${atLocation(location)}\nLeaked tracer(s), which something outside of ` +
      `the function still holds:\n${survivors.join("\n")}\nReturn the values from the function instead of keeping them.`,
  );
}
