/** Options of `jit`, checked when a function is wrapped: positions and names of its static and donated arguments. */

import type { Device } from "@fluxion/runtime";
import { parameterNames } from "./parameter-names.ts";
import { rangeError, typeError } from "./user-error.ts";

export interface JitOptions {
  /** Positions of arguments that are part of the program instead of its input: a new value compiles anew. */
  readonly staticArgnums?: number | readonly number[];
  /** The same by the names of the parameters. */
  readonly staticArgnames?: string | readonly string[];
  /** Positions of arguments whose buffers may be reused for results; the arrays passed are dead afterwards. */
  readonly donateArgnums?: number | readonly number[];
  /** The same by the names of the parameters. */
  readonly donateArgnames?: string | readonly string[];
  /** Device to compile for, when no argument lives on one. */
  readonly device?: Device;
}

const known: readonly (keyof JitOptions)[] = [
  "staticArgnums",
  "staticArgnames",
  "donateArgnums",
  "donateArgnames",
  "device",
];

/** Options as sets of positions. */
export interface ReadJitOptions {
  readonly staticArgnums: ReadonlySet<number>;
  readonly donateArgnums: ReadonlySet<number>;
  readonly device: Device | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: any function can be wrapped
type AnyFunction = (...args: any[]) => unknown;

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : ([value].flat() as T[]);

/** Number of positional parameters; infinite if the function takes any number, or does not tell. */
function positions(fn: AnyFunction, names: readonly string[]): number {
  const open = names.some((name) => name.startsWith("...")) || /\[native code\]/.test(fn.toString());
  return open ? Number.POSITIVE_INFINITY : Math.max(names.length, fn.length);
}

/** @throws RangeError if the function has no such parameter. */
function checkPositions(argnums: readonly number[], option: string, count: number): void {
  const invalid = argnums.filter((i) => !Number.isInteger(i) || i >= count || i < -count);
  if (invalid.length === 0) return;
  throw rangeError(
    `jitted function has invalid argnums {${invalid.join(", ")}} in ${option}. Function only takes ${count} positional arguments.`,
  );
}

function positionsOf(argnames: readonly string[], option: string, names: readonly string[]): number[] {
  const invalid = argnames.filter((name) => !names.includes(name));
  if (invalid.length === 0) return argnames.map((name) => names.indexOf(name));
  throw rangeError(
    `jitted function has invalid argnames {${invalid.map((name) => `'${name}'`).join(", ")}} in ${option}. Function does not ` +
      `take these args; its parameters are: ${names.join(", ")}. A field of an object has no name of its own: pass it as a ` +
      "parameter, or make the whole object static.",
  );
}

/**
 * Reads the options of `jit(fn, options)`.
 * @throws TypeError on an unknown option, RangeError on a position or name that the function does not have.
 */
export function readJitOptions(fn: AnyFunction, options: JitOptions): ReadJitOptions {
  const unknown = Object.keys(options).find((name) => !known.includes(name as keyof JitOptions));
  if (unknown !== undefined)
    throw typeError(`jit() got an unexpected option '${unknown}'. It takes: ${known.join(", ")}`);
  const names = parameterNames(fn);
  const count = positions(fn, names);
  const read = (kind: "static" | "donate"): ReadonlySet<number> => {
    const argnums = listOf(options[`${kind}Argnums`]);
    checkPositions(argnums, `${kind}Argnums`, count);
    return new Set([
      ...argnums,
      ...positionsOf(listOf(options[`${kind}Argnames`]), `${kind}Argnames`, names),
    ]);
  };
  return { staticArgnums: read("static"), donateArgnums: read("donate"), device: options.device };
}
