/**
 * Prints a table of the math functions: the largest float32 error found in a sweep, and the time per element over
 * arrays of 100,000, in builds with relaxed and with plain SIMD.
 *
 *     node --conditions=fluxion-source packages/codegen-wasm/scripts/math-report.ts [step]
 */
import type { LaneFunction } from "../src/math/emitter.ts";
import { type MathOpcode, mathFunctions, mathTable } from "../src/math/table.ts";
import { mapped, type Precision } from "../test/math/harness.ts";
import { sweep } from "../test/math/sweep.ts";

const step = Number(process.argv[2] ?? 1025);
const COUNT = 100_000;
const binary = new Set<MathOpcode>([
  "power",
  "atan2",
  "remainder",
  "chlo.next_after",
  "chlo.polygamma",
  "chlo.zeta",
]);

/** Arguments of everyday size, inside the function's domain. */
function argument(opcode: MathOpcode, k: number): number {
  const u = Math.random();
  if (opcode === "chlo.acosh") return 1 + 4 * u;
  if (/asin|acos|atanh|erf_inv/.test(opcode)) return 2 * u - 1;
  if (opcode === "chlo.zeta") return k === 0 ? 1.5 + 4 * u : 0.5 + 4 * u;
  if (opcode === "chlo.polygamma") return k === 0 ? 1 + Math.floor(3 * u) : 0.5 + 4 * u;
  if (/log|sqrt|power|gamma/.test(opcode)) return 4 * u;
  return 8 * u - 4;
}

function nanoseconds(opcode: MathOpcode, precision: Precision, relaxed: boolean): number {
  const arity = binary.has(opcode) ? 2 : 1;
  const Type = precision === "f32" ? Float32Array : Float64Array;
  const { f32x4, f64x2 } = mathTable[opcode];
  const map = mapped(precision === "f32" ? f32x4 : f64x2, precision, arity, relaxed);
  map.run(
    ...Array.from(
      { length: arity },
      (_, k) => new Type(Array.from({ length: COUNT }, () => argument(opcode, k))),
    ),
  );
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < 5 || (times.length < 200 && performance.now() - begin < 250)) {
    const start = performance.now();
    map.loop(COUNT);
    times.push(performance.now() - start);
  }
  return (Math.min(...times) * 1e6) / COUNT;
}

const cell = (x: number, digits: number): string => x.toFixed(digits).padStart(8);
console.log(
  "function                   f32 ulp: relaxed plain | ns/element: f32 relaxed plain, f64 relaxed plain",
);
for (const opcode of Object.keys(mathFunctions) as MathOpcode[]) {
  const fn: LaneFunction = mathFunctions[opcode];
  const measurable = !binary.has(opcode) && opcode !== "chlo.erf_inv";
  const ulps = [true, false].map((r) => (measurable ? cell(sweep(fn, r, step).ulp, 3) : "       –"));
  const times = (["f32", "f64"] as const).flatMap((p) =>
    [true, false].map((r) => cell(nanoseconds(opcode, p, r), 2)),
  );
  console.log(opcode.padEnd(24), ulps.join(" "), " |", times.join(" "));
}
