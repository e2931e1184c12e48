/** Comparison of what two backends computed from a generated program. */

import { bfloat16FromBits, float16FromBits, formatType, type Literal, realPart, sizeOf } from "@fluxion/ir";
import type { Program } from "./generate.ts";

/** Entries as numbers or bigints; both parts of complex numbers. */
function entriesOf({ type, data, splat }: Literal): ArrayLike<number | bigint> {
  if (splat)
    throw new Error(`expected the elements of ${formatType(type)} (${sizeOf(type.shape)}), got a splat`);
  if (type.dtype === "float16") return Array.from(data as Uint16Array, float16FromBits);
  if (type.dtype === "bfloat16") return Array.from(data as Uint16Array, bfloat16FromBits);
  return data as ArrayLike<number | bigint>;
}

const agree = (a: number | bigint, b: number | bigint, tolerance: number): boolean =>
  a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(Number(a) - Number(b)) <= tolerance;

/** What differs between two results of a program, with its seed; undefined when nothing does. */
export function difference(
  program: Program,
  expected: readonly Literal[],
  actual: readonly Literal[],
): string | undefined {
  const where = `seed ${program.seed}`;
  if (expected.length !== actual.length)
    return `${where}: ${expected.length} results against ${actual.length}`;
  for (const [index, { tolerance }] of program.outputs.entries()) {
    const [e, a] = [expected[index], actual[index]];
    if (formatType(e.type) !== formatType(a.type))
      return `${where}: result ${index} is ${formatType(a.type)}, not ${formatType(e.type)}`;
    const [left, right] = [entriesOf(e), entriesOf(a)];
    for (let i = 0; i < left.length; i++) {
      if (agree(left[i], right[i], tolerance)) continue;
      const kind = tolerance === 0 ? "exactly" : `within ${tolerance}`;
      return `${where}: result ${index} (${realPart(e.type.dtype)}) differs at entry ${i}: expected ${left[i]} ${kind}, got ${right[i]}`;
    }
  }
  return undefined;
}
