/**
 * Compares a float32 function with its float64 version inside wasm, fast enough for all 2³² arguments: the float64
 * versions are tested against golden values of their own.
 */
import binaryen from "binaryen";
import { FunctionBuilder, type Local } from "../../src/emit/function-builder.ts";
import { type LaneFunction, type Lanes, MathEmitter } from "../../src/math/emitter.ts";

export interface Worst {
  /** In units in the last place of the float32 result; ∞ for a wrong NaN, infinity or sign of zero. */
  readonly ulp: number;
  readonly at: number;
}

/** The error of `y` (float32 lanes) against `reference` (two float64 vectors), per lane, as float32. */
function errors(v: Lanes, y: Local, reference: readonly [Local, Local]): Local {
  const { f64 } = v.e;
  const rounded = v.demote(...reference);
  const ulps = reference.map((r, half) => {
    const binade = f64.pmax(f64.and(r, 0x7ff0000000000000n), 2 ** -126);
    const difference = f64.abs(f64.sub(v.promote(y, half as 0 | 1), r));
    return f64.div(difference, f64.mul(binade, 2 ** -23));
  });
  const raw = v.demote(ulps[0], ulps[1]);
  const bothNaN = v.and(v.ne(y, y), v.ne(rounded, rounded));
  const agrees = v.or(v.ieq(y, rounded), bothNaN);
  // What cannot be measured (NaN against a number, the wrong zero) is infinitely wrong.
  const zeros = v.and(v.eq(y, 0), v.eq(rounded, 0));
  const measurable = v.andnot(v.eq(raw, raw), zeros);
  return v.and(v.select(measurable, raw, Number.POSITIVE_INFINITY), v.not(agrees));
}

/** `sweep(first, step, vectors)` looks at the arguments with bits first, first + step, …; memory gets the worst of each lane. */
function build(fn: LaneFunction, relaxed: boolean): WebAssembly.Instance {
  const b = binaryen;
  const m = new b.Module();
  try {
    m.setFeatures(b.Features.All);
    m.setMemory(1, 1, "memory");
    const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
    const e = new MathEmitter(f, { relaxed });
    const v = e.f32;
    const [first, step, vectors] = [0, 1, 2].map((i) => f.param(i));
    const lanes = m.v128.const([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    const offsets = m.i32x4.mul(lanes, m.i32x4.splat(f.get(step)));
    const bits = f.let(b.v128, m.i32x4.add(m.i32x4.splat(f.get(first)), offsets));
    const advance = f.let(b.v128, m.i32x4.splat(m.i32.mul(f.get(step), m.i32.const(4))));
    const worst = f.let(b.v128, f.get(v.float(0)));
    const at = f.let(b.v128, f.get(v.float(0)));
    f.forRange(m.i32.const(0), vectors, 1, () => {
      const y = fn(v, bits);
      const error = errors(v, y, [fn(e.f64, v.promote(bits, 0)), fn(e.f64, v.promote(bits, 1))]);
      const worse = v.gt(error, worst);
      f.set(worst, f.get(v.select(worse, error, worst)));
      f.set(at, f.get(v.select(worse, bits, at)));
      f.set(bits, f.get(v.iadd(bits, advance)));
    });
    f.push(m.v128.store(0, 16, m.i32.const(0), f.get(worst)));
    f.push(m.v128.store(16, 16, m.i32.const(0), f.get(at)));
    f.finish("sweep");
    m.addFunctionExport("sweep", "sweep");
    if (!m.validate()) throw new Error("invalid module");
    return new WebAssembly.Instance(new WebAssembly.Module(m.emitBinary() as Uint8Array<ArrayBuffer>));
  } finally {
    m.dispose();
  }
}

/** The largest error over every `step`-th float32 with bits below `end` (2³¹: those with a positive sign). */
export function sweep(fn: LaneFunction, relaxed: boolean, step: number, end = 2 ** 32): Worst {
  const { exports } = build(fn, relaxed);
  const run = exports.sweep as (first: number, step: number, vectors: number) => void;
  const found = new Float32Array((exports.memory as WebAssembly.Memory).buffer, 0, 8);
  let worst: Worst = { ulp: 0, at: 0 };
  const vectors = Math.ceil(end / step / 4);
  // In pieces, so that the engine can change to its optimised code in between.
  const piece = 1 << 16;
  for (let done = 0; done < vectors; done += piece) {
    run((done * 4 * step) | 0, step, Math.min(piece, vectors - done));
    for (let lane = 0; lane < 4; lane++) {
      if (found[lane] > worst.ulp) worst = { ulp: found[lane], at: found[4 + lane] };
    }
  }
  return worst;
}
