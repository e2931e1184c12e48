/**
 * Refuses what WebGPU cannot hold, before anything is lowered: WGSL has no 64-bit numbers, and an int64 that is kept
 * in 32 bits would be another number. Nothing is narrowed silently.
 */

import {
  type Block,
  type DType,
  formatLocation,
  type Location,
  type Module,
  type Operation,
  type Value,
} from "@fluxion/ir";

/** A program that the WebGPU device cannot run. The message names the op, the dtype, the user's line and the way out. */
export class UnsupportedOnWebGpuError extends Error {
  override readonly name = "UnsupportedOnWebGpuError";
}

/** What to convert to, for each dtype that WGSL cannot hold. */
const narrower: Partial<Record<DType, DType>> = {
  int64: "int32",
  uint64: "uint32",
  float64: "float32",
  complex128: "complex64",
};

/** @throws {UnsupportedOnWebGpuError} if a value of the module has 64-bit elements (complex64 is two float32). */
export function checkModule(module: Module): void {
  for (const { body } of module.functions) {
    body.arguments.forEach((value, i) => {
      checkValue(value, `argument ${i}${value.hint === undefined ? "" : ` (${value.hint})`}`, undefined);
    });
    checkBlock(body);
  }
}

function checkBlock(block: Block): void {
  for (const op of block.operations) {
    for (const value of op.results) checkValue(value, op.opcode, locationOf(op));
    for (const region of op.regions) {
      for (const value of region.arguments) checkValue(value, op.opcode, locationOf(op));
      checkBlock(region);
    }
  }
}

const locationOf = (op: Operation): Location | undefined => op.location;

function checkValue({ type }: Value, what: string, location: Location | undefined): void {
  checkDType(type.dtype, location === undefined ? what : `${what} at ${formatLocation(location)}`);
}

/**
 * Refuses elements of 64 bits.
 * @param what stands before "needs float64" in the message
 * @throws UnsupportedOnWebGpuError
 */
export function checkDType(dtype: DType, what: string): void {
  const to = narrower[dtype];
  if (to === undefined) return;
  throw new UnsupportedOnWebGpuError(
    `${what} needs ${dtype}, which WebGPU does not have; ` +
      `convert with astype("${to}") if that is precise enough, or run the function on the CPU device`,
  );
}
