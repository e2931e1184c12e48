import { describe, expect, it } from "vitest";
import { moduleWithBody, wasmFeatures } from "../src/features.ts";

describe("feature probes", () => {
  it("find what the pinned Node has", () => {
    expect(wasmFeatures()).toEqual({ simd: true, relaxedSimd: true, threads: true });
  });

  it("can tell a valid body from an invalid one", () => {
    const drop = 0x1a;
    expect(WebAssembly.validate(moduleWithBody([0x41, 0, drop], false))).toBe(true);
    expect(WebAssembly.validate(moduleWithBody([0x41, 0], false))).toBe(false);
    // An atomic load without any memory.
    expect(WebAssembly.validate(moduleWithBody([0x41, 0, 0xfe, 0x10, 2, 0, drop], false))).toBe(false);
  });
});
