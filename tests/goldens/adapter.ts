/** What the goldens need of the `fluxion` package, in one place: making arguments, finding functions, reading results. */

import type { Actual } from "./compare.ts";
import type { Maker } from "./decode.ts";
import { type Elements, isComplex } from "./format.ts";

export type Namespace = Readonly<Record<string, unknown>>;
type Callable = (...args: unknown[]) => unknown;

/** The members of an array that are read here. */
interface ArrayLike {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly weakType?: boolean;
  dataSync(): globalThis.ArrayLike<number | bigint | boolean>;
}

export interface Library extends Maker {
  /** Runs one golden's function; throws `MissingFunction` where there is none. */
  call(fn: string, args: readonly unknown[]): unknown;
  read(x: unknown): Actual;
  isArray(x: unknown): boolean;
  enableX64(on: boolean): void;
}

/** The library has no such function: a failure of the golden, never an expected error. */
export class MissingFunction extends Error {
  override name = "MissingFunction";
}

const isObject = (x: unknown): x is Record<string, unknown> =>
  (typeof x === "object" && x !== null) || typeof x === "function";

/** Follows a dotted path; `owner` is what the last name belongs to. */
function follow(root: unknown, path: string): { owner: unknown; member: unknown } {
  let owner: unknown;
  let member = root;
  for (const name of path.split(".")) {
    owner = member;
    member = isObject(owner) ? owner[name] : undefined;
    if (member === undefined) throw new MissingFunction(`fluxion has no ${path}`);
  }
  return { owner, member };
}

function callMember(root: unknown, path: string, args: readonly unknown[]): unknown {
  const { owner, member } = follow(root, path);
  if (typeof member !== "function") throw new MissingFunction(`${path} is not a function`);
  return Reflect.apply(member as Callable, owner, args);
}

/** `x.sum`: a method or an attribute of the first argument. `x.at.add`: an update at the index, the second argument. */
function callOnArray(path: string, [receiver, ...rest]: readonly unknown[], asArray: Callable): unknown {
  const target = isObject(receiver) ? receiver : asArray(receiver);
  if (path.startsWith("at.")) {
    const [index, ...values] = rest;
    return callMember(callMember(target, "at", index as unknown[]), path.slice(3), values);
  }
  const { owner, member } = follow(target, path);
  return typeof member === "function" ? Reflect.apply(member as Callable, owner, rest) : member;
}

/** Storage of a dtype as numbers: 16-bit floats may come as their bits, bool as 0 and 1. */
export function elementsOf(dtype: string, data: globalThis.ArrayLike<number | bigint | boolean>): Elements {
  const entries = Array.from(data, (v) => (typeof v === "boolean" ? Number(v) : v));
  if (!(data instanceof Uint16Array)) return entries;
  if (dtype === "float16") return Array.from(new Float16Array(data.slice().buffer));
  if (dtype === "bfloat16")
    return Array.from(new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer));
  return entries;
}

const carriers: Readonly<Record<string, (elements: Elements) => unknown>> = {
  bool: (e) => e.map(Boolean),
  int8: (e) => Int8Array.from(e as number[]),
  int16: (e) => Int16Array.from(e as number[]),
  int32: (e) => Int32Array.from(e as number[]),
  int64: (e) => BigInt64Array.from(e as bigint[]),
  uint8: (e) => Uint8Array.from(e as number[]),
  uint16: (e) => Uint16Array.from(e as number[]),
  uint32: (e) => Uint32Array.from(e as number[]),
  uint64: (e) => BigUint64Array.from(e as bigint[]),
  float16: (e) => Float32Array.from(e as number[]),
  bfloat16: (e) => Float32Array.from(e as number[]),
  float32: (e) => Float32Array.from(e as number[]),
  float64: (e) => Float64Array.from(e as number[]),
};

export function adapt(fluxion: Namespace): Library {
  const call = (path: string, args: readonly unknown[]): unknown => callMember(fluxion, path, args);
  const complex = (re: number, im: number): unknown => call("jnp.complex", [re, im]);

  /** A strong array; every carrier holds the elements of its dtype exactly. */
  function array(dtype: string, shape: readonly number[], elements: Elements): unknown {
    const flat = isComplex(dtype)
      ? pairs(elements).map(([re, im]) => complex(re, im))
      : carriers[dtype](elements);
    const vector = call("jnp.array", [flat, { dtype }]);
    return shape.length === 1 ? vector : callMember(vector, "reshape", [shape]);
  }

  function read(x: unknown): Actual {
    const { dtype, shape, weakType } = x as ArrayLike;
    const isKey = dtype.startsWith("key<");
    const data = isKey ? (call("random.keyData", [x]) as ArrayLike) : (x as ArrayLike);
    const elements = elementsOf(isKey ? "uint32" : dtype, data.dataSync());
    return { dtype, shape: [...shape], weak: weakType === true, elements, text: String(x) };
  }

  return {
    array,
    complex,
    read,
    float: (value) => call("jnp.float", [value]),
    key: (data) => call("random.wrapKeyData", [data]),
    lookUp: (path) => follow(fluxion, path).member,
    isArray: (x) => isObject(x) && typeof x.dtype === "string" && Array.isArray(x.shape) && "dataSync" in x,
    enableX64: (on) => void call("config.update", ["enableX64", on]),
    call(fn, args) {
      if (fn === "String") return String(args[0]);
      return fn.startsWith("x.")
        ? callOnArray(fn.slice(2), args, (v) => call("jnp.asarray", [v]))
        : call(fn, args);
    },
  };
}

const pairs = (elements: Elements): [number, number][] =>
  Array.from({ length: elements.length / 2 }, (_, i) => [
    Number(elements[2 * i]),
    Number(elements[2 * i + 1]),
  ]);
