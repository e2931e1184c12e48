/**
 * Golden shaders: `goldens/NAME.mlir` is a program, `goldens/NAME.wgsl` what it compiles to. The program's header says for which
 * kind of adapter (`hardware`: what every adapter allows; `subgroups`: with subgroups of up to 64; `halves`: with `shader-f16`; `software`: one that runs on the CPU with
 * subgroups of four) and how many dispatches it may take. The adapter of the tests accepts every shader, and where it is of the kind, runs
 * it; shaders that need what it lacks are shown to Dawn's null back end.
 *
 * `npm run goldens` (FLUXION_UPDATE_GOLDENS=1) writes the shaders anew.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  bfloat16FromBits,
  float16FromBits,
  interpret,
  type Literal,
  mainFunction,
  parseModule,
} from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { randomLiteral } from "../../../tests/fuzz/inputs.ts";
import { Random } from "../../../tests/fuzz/random.ts";
import { type CompiledWgsl, defaultLimits, type WgslLimits } from "../src/index.ts";
import { compileModule } from "./compare.ts";
import { limitsOf, nullDevice, testDevice } from "./gpu.ts";
import { Runner } from "./run.ts";

const folder = new URL("goldens/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".mlir"))
  .map((file) => file.slice(0, -".mlir".length));
const update = process.env.FLUXION_UPDATE_GOLDENS === "1";

const targets: Readonly<Record<string, WgslLimits>> = {
  hardware: defaultLimits,
  subgroups: { ...defaultLimits, subgroups: true, longestSubgroupRun: 64 },
  halves: { ...defaultLimits, float16: true },
  software: { ...defaultLimits, software: true, subgroups: true, subgroupSize: 4 },
};

const textOf = ({ shaders }: CompiledWgsl): string => shaders.map(({ code }) => code).join("\n");

function header(text: string, key: string): string {
  const found = new RegExp(`^// ${key}: (.*)$`, "m").exec(text);
  if (found === null) throw new Error(`the program has no line "// ${key}: …"`);
  return found[1];
}

const isOfKind = (limits: WgslLimits, target: WgslLimits): boolean =>
  limits.float16 >= target.float16 &&
  limits.subgroups >= target.subgroups &&
  (!target.software || (limits.software && limits.subgroupSize === target.subgroupSize));

/** Entries as numbers; both parts of complex numbers. */
function numbers({ type, data, splat }: Literal): number[] {
  if (splat) throw new Error("expected every element");
  const raw = Array.from(data as ArrayLike<number>);
  if (type.dtype === "float16") return raw.map(float16FromBits);
  return type.dtype === "bfloat16" ? raw.map(bfloat16FromBits) : raw;
}

/** The largest difference, relative to the largest number that was expected. */
function relativeDifference(actual: Literal, expected: Literal): number {
  const [a, e] = [numbers(actual), numbers(expected)];
  const size = e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const difference = e.reduce((most, x, i) => Math.max(most, Object.is(x, a[i]) ? 0 : Math.abs(x - a[i])), 0);
  return difference === 0 ? 0 : difference / size;
}

const tolerances: Partial<Record<string, number>> = { float32: 1e-6, complex64: 1e-6, float16: 2 ** -10 };

describe.each(names)("%s", (name) => {
  const text = readFileSync(new URL(`${name}.mlir`, folder), "utf8");
  const module = parseModule(text);
  const target = targets[header(text, "target")];
  const compiled = compileModule(module, target);

  it("compiles to these shaders", () => {
    const file = new URL(`${name}.wgsl`, folder);
    if (update) writeFileSync(file, textOf(compiled));
    expect(textOf(compiled)).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
  });

  it("takes no more dispatches than it should", () => {
    const most = Number(header(text, "dispatches"));
    expect(compiled.commands.filter(({ kind }) => kind === "dispatch").length).toBe(most);
    expect(compiled.commands.length).toBe(most);
  });

  it("is valid, and computes what the interpreter does", async () => {
    const own = await testDevice();
    const device = limitsOf(own).float16 >= target.float16 ? own : await nullDevice();
    const runner = await Runner.create(device, compiled);
    const random = new Random(1);
    const inputs = mainFunction(module).body.arguments.map(({ type }) => randomLiteral(random, type).literal);
    if (isOfKind(limitsOf(own), target)) {
      const expected = interpret(module, inputs);
      const actual = await runner.run(inputs);
      expected.forEach((value, i) => {
        expect(relativeDifference(actual[i], value)).toBeLessThanOrEqual(tolerances[value.type.dtype] ?? 0);
      });
    }
    runner.dispose();
  });
});
