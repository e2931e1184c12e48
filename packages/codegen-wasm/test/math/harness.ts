/** Compiles a math function into a module that maps it over arrays, for tests and measurements. */
import binaryen from "binaryen";
import { type Expr, FunctionBuilder, type Local } from "../../src/emit/function-builder.ts";
import { MathEmitter } from "../../src/math/emitter.ts";

export type Emit = (e: MathEmitter, ...args: Local[]) => Expr;
export type Precision = "f32" | "f64";

export interface Mapped {
  /** Applies the function to whole arrays of one length. */
  run(...inputs: (Float32Array | Float64Array)[]): Float32Array | Float64Array;
  /** The bare loop over `n` elements that `run` left in memory, for timing. */
  loop(n: number): void;
}

/** Bytes of one array's place in the module's memory. */
const SLOT = 1 << 23;
const FIRST = 4096;

/** A wasm module `main(n)`: out[i] = emit(in0[i], in1[i], …) for vectors i. */
export function moduleBytes(emit: Emit, arity: number, relaxed: boolean): Uint8Array<ArrayBuffer> {
  const b = binaryen;
  const m = new b.Module();
  try {
    m.setFeatures(b.Features.All);
    m.setMemory(1, 65536, null, [], false, false, "0");
    m.addMemoryImport("0", "env", "memory", false);
    const f = new FunctionBuilder(b, m, [b.i32], b.none);
    const e = new MathEmitter(f, { relaxed });
    f.forRange(m.i32.const(0), f.param(0), 16, (i) => {
      const args = Array.from({ length: arity }, (_, k) =>
        f.let(b.v128, m.v128.load(FIRST + k * SLOT, 16, f.get(i))),
      );
      f.push(m.v128.store(FIRST + arity * SLOT, 16, f.get(i), emit(e, ...args)));
    });
    f.finish("main");
    m.addFunctionExport("main", "main");
    if (!m.validate()) throw new Error("invalid module");
    return m.emitBinary() as Uint8Array<ArrayBuffer>;
  } finally {
    m.dispose();
  }
}

export function mapped(emit: Emit, precision: Precision, arity: number, relaxed: boolean): Mapped {
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((FIRST + (arity + 1) * SLOT) / 65536),
    maximum: 65536,
  });
  const module = new WebAssembly.Module(moduleBytes(emit, arity, relaxed));
  const main = new WebAssembly.Instance(module, { env: { memory } }).exports.main as (bytes: number) => void;
  const Type = precision === "f32" ? Float32Array : Float64Array;
  const size = Type.BYTES_PER_ELEMENT;
  const chunk = SLOT / size;
  return {
    run(...inputs) {
      const n = inputs[0].length;
      const out = new Type(n);
      for (let at = 0; at < n; at += chunk) {
        const count = Math.min(chunk, n - at);
        const padded = Math.ceil((count * size) / 16) * 16;
        for (let k = 0; k < arity; k++) {
          const slot = new Type(memory.buffer, FIRST + k * SLOT, padded / size);
          slot.fill(1, count);
          slot.set(inputs[k].subarray(at, at + count));
        }
        main(padded);
        out.set(new Type(memory.buffer, FIRST + arity * SLOT, count), at);
      }
      return out;
    },
    loop: (n) => main(n * size),
  };
}
