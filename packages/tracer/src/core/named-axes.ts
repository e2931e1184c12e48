/** Named axes: the batches that enclosing transforms gave a name, for collective operations. */

import { atLocation, NameError } from "./errors.ts";
import { userLocation } from "./location.ts";

interface NamedAxis {
  readonly name: string;
  readonly size: number;
}

/** Innermost last. */
let bound: readonly NamedAxis[] = [];

/** Runs `fn`, in which operations may name an axis of the size. */
export function withNamedAxis<T>(name: string | undefined, size: number, fn: () => T): T {
  if (name === undefined) return fn();
  const saved = bound;
  bound = [...bound, { name, size }];
  try {
    return fn();
  } finally {
    bound = saved;
  }
}

/** `make`, to be run later, with the axes that are bound now. */
export function withAxesOfNow<A extends readonly unknown[], T>(make: (...args: A) => T): (...args: A) => T {
  const axes = bound;
  return (...args) => {
    const saved = bound;
    bound = axes;
    try {
      return make(...args);
    } finally {
      bound = saved;
    }
  };
}

/** Size of the innermost axis of the name. @throws NameError if there is none. */
export function namedAxisSize(name: unknown, what: string): number {
  const found = bound.findLast((axis) => axis.name === name);
  if (found !== undefined) return found.size;
  const known = [...new Set(bound.map((axis) => `'${axis.name}'`))];
  const help =
    known.length > 0
      ? `Bound here: ${known.join(", ")}.`
      : `Bind it with vmap(f, { axisName: ${JSON.stringify(name)} }).`;
  throw new NameError(
    `unbound axis name: ${String(name)}. ${what} works on an axis that an enclosing vmap names. ${help}${atLocation(userLocation())}`,
  );
}

/** What of the named axes a traced function may depend on: part of the keys of functions traced inside a transform. */
export const namedAxesKey = (): string =>
  bound.length === 0 ? "" : JSON.stringify(bound.map(({ name, size }) => [name, size]));
