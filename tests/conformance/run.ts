/** Runs the conformance table on a device and compares with the reference interpreter. Works in Node and in a page. */

import {
  bfloat16FromBits,
  type DType,
  float16FromBits,
  interpret,
  type Literal,
  realPart,
  type TypedArray,
} from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import { roundoff } from "../fuzz/bounds.ts";
import type { Cell } from "./table.ts";

export interface Report {
  readonly passed: number;
  readonly faults: readonly string[];
}

/** Cells that are on their way at a time: their shaders compile in parallel. */
const AT_ONCE = 32;

export async function runTable(device: Device, cells: readonly Cell[]): Promise<Report> {
  const faults: string[] = [];
  for (let start = 0; start < cells.length; start += AT_ONCE) {
    const some = cells.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map((cell) => faultOf(device, cell)));
    faults.push(...found.filter((fault) => fault !== undefined));
  }
  return { passed: cells.length - faults.length, faults };
}

async function faultOf(device: Device, cell: Cell): Promise<string | undefined> {
  try {
    const executable = device.compile(cell.module);
    const args = cell.inputs.map((input) => device.put(input));
    const results = executable.run(args);
    const actual = await Promise.all(results.map((result) => result.read()));
    for (const buffer of [...args, ...results]) buffer.dispose();
    executable.dispose();
    const expected = interpret(cell.module, cell.inputs);
    return difference(cell, expected, actual);
  } catch (error) {
    return `${cell.name}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`;
  }
}

function difference(
  { name, ulps, inputs }: Cell,
  expected: readonly Literal[],
  actual: readonly TypedArray[],
): string | undefined {
  for (const [k, { type, data, splat }] of expected.entries()) {
    const [left, right] = [valuesOf(type.dtype, data), valuesOf(type.dtype, actual[k])];
    if (!splat && left.length !== right.length)
      return `${name}: ${right.length} entries, expected ${left.length}`;
    const finite = left.map((x) => Math.abs(Number(x))).filter(Number.isFinite);
    const tolerance = 2 * ulps * roundoff(type.dtype) * finite.reduce((a, b) => Math.max(a, b), 0);
    for (const [i, got] of right.entries()) {
      const want = left[i % left.length];
      if (want === got || (Number.isNaN(want) && Number.isNaN(got))) continue;
      if (Math.abs(Number(want) - Number(got)) <= tolerance) continue;
      const operands = inputs.map(({ type: of, data: from }) =>
        from.length === right.length ? String(valuesOf(of.dtype, from)[i]) : "…",
      );
      return `${name}: entry ${i} of result ${k} is ${got}, expected ${want}${ulps ? ` ± ${tolerance}` : ""} of (${operands.join(", ")})`;
    }
  }
  return undefined;
}

function valuesOf(dtype: DType, data: TypedArray): (number | bigint)[] {
  const part = realPart(dtype);
  if (part === "float16") return Array.from(data as Uint16Array, float16FromBits);
  if (part === "bfloat16") return Array.from(data as Uint16Array, bfloat16FromBits);
  return Array.from(data as ArrayLike<number | bigint>);
}
