/** `config.wideVectors`: programs for 256-bit vectors compute what others do. Each runs in a process of its own, whose flags stay. */

import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { wideObstacle } from "@fluxion/runtime";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("./programs/products.ts", import.meta.url));
const args = ["--conditions=fluxion-source", program];

function run(env: Record<string, string>): { wide: boolean; elements: number[] } {
  return JSON.parse(
    execFileSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: "utf8" }),
  );
}

test("products with FLUXION_WIDE=1 and without are the same, or it is an error that says why", () => {
  const plain = run({});
  expect(plain.wide).toBe(false);
  const obstacle = wideObstacle();
  if (obstacle !== undefined) {
    expect(() => run({ FLUXION_WIDE: "1" })).toThrow(obstacle);
    return;
  }
  const wide = run({ FLUXION_WIDE: "1" });
  expect(wide.wide).toBe(true);
  expect(wide.elements.length).toBe(2 * (96 * 128 + 7 * 19));
  const distance = Math.max(...wide.elements.map((x, i) => Math.abs(x - plain.elements[i])));
  // Sums of 160 products of at most 1.
  expect(distance).toBeLessThan(1e-4);
});

test("FLUXION_WIDE is 0 or 1", () => {
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, FLUXION_WIDE: "yes" },
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("FLUXION_WIDE must be 0 or 1, got yes");
});
