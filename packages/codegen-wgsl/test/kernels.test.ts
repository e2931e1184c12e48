/**
 * Every kind of kernel on every dtype that WebGPU holds, on the adapter against the interpreter: as this adapter gets them, and as
 * others do. (The table of all ops, `tests/conformance`, runs them on the device.)
 */

import { type DType, interpret } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { defaultLimits, type WgslLimits } from "../src/index.ts";
import { compileModule, runModule } from "./compare.ts";
import { type Case, differenceOf } from "./kernels/case.ts";
import { kernelCases } from "./kernels/cases.ts";

/** Everything that WebGPU holds. */
const held: readonly DType[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "uint8",
  "uint16",
  "uint32",
  "float16",
  "bfloat16",
  "float32",
  "complex64",
];

async function check(one: Case, limits: Partial<WgslLimits> = {}): Promise<void> {
  const expected = interpret(one.module, one.inputs);
  for (const actual of await runModule(one.module, one.inputs, limits))
    expect(differenceOf(one, expected, actual)).toBeUndefined();
}

describe("on this adapter", () => {
  it.each(kernelCases(held))("$name", (one) => check(one));
});

describe("on other adapters", () => {
  const divided = /reduce|softmax|dot|dense|argmax|while|movement|running/;
  const cases = kernelCases(["int16", "float32"]).filter(({ name }) => divided.test(name));
  it.each(cases)("with cheap barriers: $name", (one) => check(one, { software: false }));
  it.each(cases)("with cheap barriers and subgroups: $name", (one) =>
    check(one, { software: false, longestSubgroupRun: 4 }),
  );
  it.each(cases)("without subgroups: $name", (one) => check(one, { subgroups: false, subgroupSize: 0 }));
  it.each(cases)("with few workgroups and bindings: $name", (one) =>
    check(one, { workgroupsPerDimension: 3, storageBuffersPerStage: 4 }),
  );
});

describe("a workgroup's array of what each invocation holds", () => {
  const limits: WgslLimits = { ...defaultLimits, subgroups: true, longestSubgroupRun: 32 };
  const inOrder = kernelCases(["float32"]).filter(({ name }) => name.startsWith("argmax"));
  it.each(inOrder)("has an element for every one, beside folds of subgroups: $name", ({ module }) => {
    const lengths = compileModule(module, limits).shaders.flatMap(({ code }) => {
      const [, size] = /@workgroup_size\((\d+)/.exec(code) ?? [];
      return [...code.matchAll(/var<workgroup> sums\w*: array<\w+, (\d+)>/g)].map(([, n]) => [n, size]);
    });
    expect(lengths.length).toBeGreaterThan(0);
    for (const [length, size] of lengths) expect(length).toBe(size);
  });
});
