/** The texts of `docs/tour.md` are what the compiler prints; FLUXION_UPDATE_GOLDENS=1 rewrites them. Also README's programs. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Stages } from "../examples/tour/stages.ts";

const root = join(import.meta.dirname, "..");
const doc = join(root, "docs", "tour.md");

async function runNode(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=fluxion-source", ...args], {
    cwd: root,
    maxBuffer: 1 << 24,
  });
  return stdout;
}

/** Replaces the content of the fence after each `<!-- stage: NAME -->`; `seen` collects the names. */
const withStages = (text: string, stages: Stages, seen: string[]): string =>
  text.replace(
    /<!-- stage: (\w+) -->\n```(\w+)\n[\s\S]*?```\n/g,
    (_, name: keyof Stages, language: string) => {
      seen.push(name);
      return `<!-- stage: ${name} -->\n\`\`\`${language}\n${stages[name]}\n\`\`\`\n`;
    },
  );

test("docs/tour.md shows what the compiler prints", async () => {
  const program =
    'import { stagesOf } from "./examples/tour/stages.ts"; console.log(JSON.stringify(stagesOf(1000)))';
  const stages = JSON.parse(await runNode("--input-type=module", "-e", program)) as Stages;
  const text = readFileSync(doc, "utf8");
  const seen: string[] = [];
  const fresh = withStages(text, stages, seen);
  expect(seen).toEqual(["source", "traced", "fused", "kernels"]);
  if (process.env.FLUXION_UPDATE_GOLDENS === "1") writeFileSync(doc, fresh);
  else expect(text).toBe(fresh);
});

test("the stages show SELU fused into one SIMD loop", async () => {
  const text = readFileSync(doc, "utf8");
  expect(text).toContain("func.func public @main(%x: tensor<1000xf32>) -> tensor<1000xf32>");
  expect(text.match(/^group \d+/gm)).toEqual(["group 0"]);
  expect(text.match(/^ +launch /gm)).toHaveLength(1);
  expect(text).toMatch(/parallel i0 in 0\.\.1000 simd/);
});

test("the tour ends well, with its checked values", async () => {
  const stdout = await runNode("examples/tour.ts");
  expect(stdout).toContain("eager and jitted agree: true");
  expect(stdout).toMatch(/later calls, jitted +\d+\.\d{3} ms/);
  expect(stdout).toMatch(/NumPy( \S+, same formula +\d|: absent)/);
  // Means of mtcars, as in NumPy.
  expect(stdout).toContain("6.19 230.72 146.69   3.60   3.22  17.85   0.44   0.41   3.69   2.81  20.09");
  expect(stdout).toContain("CPU and GPU agree on all numbers: true");
  expect(stdout).toContain("read back equal: true");
  expect(stdout.match(/^ {2}epoch +\d+ {2}loss \d\.\d{4} {2}test [█░]{20} \d+\.\d %$/gm)).toHaveLength(10);
  expect(Number(/read correctly: (\d+\.\d) % of 360 unseen digits/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(
    97,
  );
});

test.each(["A first program", "Derivatives"])("README: %s prints what it says", async (title) => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  const program = /```ts\n([\s\S]*?)```/.exec(section ?? "")?.[1];
  if (program === undefined) throw new Error(`README has no program under ${title}`);
  const promised = [...program.matchAll(/^\/\/ (.*)$/gm)].map(([, text]) => text);
  expect(promised).toHaveLength(1);
  const stdout = await runNode("--input-type=module-typescript", "-e", program);
  expect(stdout.trimEnd()).toBe(promised[0]);
});

test("docs/tour.md quotes the training step of the example", () => {
  const quoted = /```ts\n(const step = [\s\S]*?)```/.exec(readFileSync(doc, "utf8"))?.[1];
  expect(readFileSync(join(root, "examples/digits/model.ts"), "utf8")).toContain(`export ${quoted}`);
});
