import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { BINARYEN_VERSION, binaryenSync, loadBinaryen, makeSynchronous } from "../src/binaryen/load.ts";
import { relaxedMaddF32x4, relaxedNmaddF64x2 } from "../src/binaryen/raw.ts";

const require = createRequire(import.meta.url);

describe("loading binaryen", () => {
  it("loads synchronously, once, and the asynchronous way gives the same object", async () => {
    const b = binaryenSync();
    expect(binaryenSync()).toBe(b);
    expect(await loadBinaryen()).toBe(b);
  });

  it("is pinned to the version that the loader knows", () => {
    expect(require("binaryen/package.json").version).toBe(BINARYEN_VERSION);
    expect(require("../package.json").dependencies.binaryen).toBe(BINARYEN_VERSION);
  });

  it("refuses a text it does not know, naming the version", () => {
    const file = readFileSync(require.resolve("binaryen"));
    const changed = Buffer.from(file);
    changed.write("S7", file.lastIndexOf("S6()"), "latin1");
    expect(() => makeSynchronous(changed)).toThrow(/not version 132\.0\.0.*exactly once: var jr=await S6/s);
    const doubled = Buffer.concat([Buffer.from("async function Ar(d6={}){"), file]);
    expect(() => makeSynchronous(doubled)).toThrow(/exactly once: async function Ar/);
    expect(() => makeSynchronous(Buffer.from("export default 1"))).toThrow(/not version 132\.0\.0/);
  });

  it("builds a module that runs", () => {
    const b = binaryenSync();
    const m = new b.Module();
    m.addFunction(
      "f",
      b.createType([b.i32, b.i32]),
      b.i32,
      [],
      m.i32.mul(m.local.get(0, b.i32), m.local.get(1, b.i32)),
    );
    m.addFunctionExport("f", "f");
    expect(m.validate()).toBe(1);
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(m.emitBinary() as Uint8Array<ArrayBuffer>),
    );
    m.dispose();
    expect((exports.f as (x: number, y: number) => number)(6, 7)).toBe(42);
  });
});

describe("raw calls", () => {
  it("emit relaxed multiply-add", () => {
    const b = binaryenSync();
    const m = new b.Module();
    m.setFeatures(b.Features.All);
    const splat32 = (x: number) => m.f32x4.splat(m.f32.const(x));
    const splat64 = (x: number) => m.f64x2.splat(m.f64.const(x));
    const madd = m.f32x4.extract_lane(relaxedMaddF32x4(b, m, splat32(3), splat32(4), splat32(5)), 2);
    const nmadd = m.f64x2.extract_lane(relaxedNmaddF64x2(b, m, splat64(3), splat64(4), splat64(5)), 1);
    m.addFunction("madd", b.none, b.f32, [], madd);
    m.addFunction("nmadd", b.none, b.f64, [], nmadd);
    m.addFunctionExport("madd", "madd");
    m.addFunctionExport("nmadd", "nmadd");
    expect(m.validate()).toBe(1);
    expect(m.emitText()).toContain("f32x4.relaxed_madd");
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(m.emitBinary() as Uint8Array<ArrayBuffer>),
    );
    m.dispose();
    expect((exports.madd as () => number)()).toBe(17);
    expect((exports.nmadd as () => number)()).toBe(-7);
  });
});
