/** Where tangents end: `stopGradient`. */

import { type Func, type Operation, Value } from "@fluxion/ir";
import { asArrayOrKey } from "../core/as-array.ts";
import type { Aval } from "../core/aval.ts";
import type { NDArray } from "../core/ndarray.ts";
import { isLeafLike } from "../core/signature.ts";
import { currentTrace, ModuleBuilder } from "../core/trace.ts";
import { treeFlatten, treeUnflatten } from "../core/tree.ts";
import { Program } from "./program.ts";
import { carriesTangent } from "./tangents.ts";

const identities = new Map<string, Program>();

/** The function that returns its one argument, of a type. */
export function identity({ dtype, shape }: Aval, name: string): Program {
  const key = `${name} ${dtype}${shape.join("x")}`;
  const known = identities.get(key);
  if (known !== undefined) return known;
  const value = new Value({ dtype, shape });
  const end: Operation = {
    opcode: "return",
    operands: [value],
    attributes: {},
    regions: [],
    results: [],
    location: undefined,
  };
  const body = { arguments: [value], operations: [end] };
  const func: Func = { name, visibility: "private", body, resultTypes: [value.type] };
  const program = new Program(func, new ModuleBuilder());
  identities.set(key, program);
  return program;
}

/** `x` without its tangent; outside of a trace there is none. */
const withoutTangent = (x: NDArray): NDArray =>
  currentTrace() === undefined || !carriesTangent(x.aval)
    ? x
    : identity(x.aval, "stop_gradient").call([x], [x.aval], { no_tangent: true })[0];

/**
 * The arrays of a pytree as constants to differentiation: their tangents are zero.
 *
 * @example
 * grad((x) => x.mul(stopGradient(x)))(2.5); // 2.5
 */
export function stopGradient<T>(x: T): T {
  const [leaves, treedef] = treeFlatten(x, isLeafLike);
  return treeUnflatten(
    treedef,
    leaves.map((leaf, i) => withoutTangent(asArrayOrKey(leaf, "stopGradient", i))),
  ) as T;
}
