/** The options of `vmap`. */

import { typeError } from "../core/user-error.ts";
import { type AxisSpec, checkAxisSpec } from "./axis-spec.ts";

export interface VmapOptions {
  /**
   * Which axis of each argument holds the examples: one for all arguments, or a list with one for each, in which pytrees may
   * have an axis for each of their parts. Null for what the examples share. By default 0.
   */
  readonly inAxes?: AxisSpec;
  /** Where the results hold the examples: one axis, or a pytree of them. Null for what does not differ between examples. */
  readonly outAxes?: AxisSpec;
  /** Name of the batch, for `lax.psum` and its kin. */
  readonly axisName?: string;
  /** Number of examples, where no argument has them. */
  readonly axisSize?: number;
}

export interface ReadOptions {
  readonly inAxes: AxisSpec;
  readonly outAxes: AxisSpec;
  readonly axisName: string | undefined;
  readonly axisSize: number | undefined;
}

const optionNames = ["inAxes", "outAxes", "axisName", "axisSize", "spmdAxisName"] as const;

/** Options by position or in one last object; a pytree of axes by position may be an object too. */
export function readVmapOptions(rest: readonly unknown[]): ReadOptions {
  const given: Partial<Record<(typeof optionNames)[number], unknown>> = {};
  rest.forEach((value, i) => {
    if (i === rest.length - 1 && isOptionsObject(value, i)) Object.assign(given, value);
    else if (i < optionNames.length) given[optionNames[i]] = value;
    else
      throw typeError(
        `vmap() takes at most ${optionNames.length} arguments after the function, got ${rest.length}`,
      );
  });
  if (given.spmdAxisName !== undefined && given.spmdAxisName !== null)
    throw typeError(
      "vmap: spmdAxisName names an axis of a mesh of devices, and Fluxion has no meshes. Leave it out; axisName names the batch.",
    );
  const { inAxes = 0, outAxes = 0, axisName, axisSize } = given;
  checkInAxes(inAxes);
  checkAxisSpec("out_axes", outAxes);
  if (axisName !== undefined && axisName !== null && typeof axisName !== "string")
    throw typeError(`vmap: axisName must be a string, got ${String(axisName)}`);
  if (axisSize !== undefined && axisSize !== null && !(Number.isInteger(axisSize) && Number(axisSize) >= 0))
    throw typeError(`vmap: axisSize must be a non-negative integer, got ${String(axisSize)}`);
  return {
    inAxes: inAxes as AxisSpec,
    outAxes: outAxes as AxisSpec,
    axisName: (axisName ?? undefined) as string | undefined,
    axisSize: (axisSize ?? undefined) as number | undefined,
  };
}

/** An object in the place of `inAxes` is options; in that of `outAxes` only if it names nothing else. */
function isOptionsObject(value: unknown, position: number): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  const unknown = Object.keys(value).filter((name) => !optionNames.includes(name as never));
  if (position === 1 && (unknown.length > 0 || Object.keys(value).length === 0)) return false;
  if (unknown.length > 0)
    throw typeError(`vmap() got an unexpected option '${unknown[0]}'. It takes: ${optionNames.join(", ")}`);
  return true;
}

/** @throws TypeError with JAX's phrases unless it is an axis, null or a list of axes and pytrees of them. */
function checkInAxes(inAxes: unknown): void {
  if (inAxes !== null && !Number.isInteger(inAxes) && !Array.isArray(inAxes))
    throw typeError(
      "vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed to the " +
        `function, but got ${typeof inAxes === "object" ? JSON.stringify(inAxes) : String(inAxes)}. ` +
        "In TypeScript: vmap(f, { inAxes: [0, null] }).",
    );
  checkAxisSpec("in_axes", inAxes);
}
