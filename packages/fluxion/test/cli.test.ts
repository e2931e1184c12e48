/** The command line as its users meet it: what runs, and what each mistake is told. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpy } from "../src/io/npy.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
// Programs import "fluxion", so they must lie in the workspace; everything else may lie anywhere.
const folder = mkdtempSync(join(tmpdir(), "fluxion-cli-"));
const programs = mkdtempSync(fileURLToPath(new URL("./programs-", import.meta.url)));
afterAll(() => {
  for (const made of [folder, programs]) rmSync(made, { recursive: true });
});

function put(name: string, content: string | Uint8Array, where = folder): string {
  const path = join(where, name);
  writeFileSync(path, content);
  return path;
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function fluxionWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=fluxion-source", main, ...args],
    { encoding: "utf8", env: { ...process.env, ...variables } },
  );
  return { status, stdout, stderr };
}

const fluxion = (...args: readonly string[]): Outcome => fluxionWith({}, ...args);

const double = (type: string): string => `func.func @main(%arg0: tensor<${type}>) -> tensor<${type}> {
  %0 = stablehlo.add %arg0, %arg0 : tensor<${type}>
  return %0 : tensor<${type}>
}
`;
const checking = (expected: string): string => `func.func @main() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = stablehlo.constant dense<${expected}> : tensor<2xf32>
  %2 = stablehlo.add %0, %0 : tensor<2xf32>
  stablehlo.custom_call @check.expect_eq(%2, %1) : (tensor<2xf32>, tensor<2xf32>) -> ()
  return
}
`;

const single = put(
  "single.npy",
  Buffer.concat(encodeNpy({ dtype: "float32", shape: [2], data: Float32Array.of(1, 2) })),
);
const wide = put(
  "wide.npy",
  Buffer.concat(encodeNpy({ dtype: "float64", shape: [2], data: Float64Array.of(0.1, 2) })),
);
const f32 = put("f32.mlir", double("2xf32"));
const f64 = put("f64.mlir", double("2xf64"));

test("--version and --help", () => {
  expect(fluxion("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const { stdout } = fluxion("run", "--help");
  for (const option of ["--dump-ir", "--dump-dir", "--device", "--threads", "--wide", "--timing", "--input"])
    expect(stdout).toContain(option);
});

describe("run", () => {
  test("a module on files, in its own dtypes", () => {
    expect(fluxion("run", f32, "--input", single).stdout).toBe("Array([2., 4.], dtype=float32)\n");
    expect(fluxion("run", f64, "--input", wide).stdout).toBe("Array([0.2, 4. ], dtype=float64)\n");
  });

  test("a program, its stages and threads", () => {
    const program = put(
      "ok.ts",
      'import { jnp } from "fluxion";\nconst x: number = 2;\nconsole.log(String(jnp.ones([2]).mul(x)));\n',
      programs,
    );
    const { status, stdout, stderr } = fluxion(
      "run",
      program,
      "--threads",
      "1",
      "--dump-ir=fused",
      "--timing",
    );
    expect([status, stdout]).toEqual([0, "Array([2., 2.], dtype=float32)\n"]);
    expect(stderr).toMatch(/---- .*: fused ----/);
    expect(stderr).toContain(`run of ${program}: `);
  });

  test("an error of a program shows its text and the program's frames alone", () => {
    const program = put(
      "throws.ts",
      'import { jnp } from "fluxion";\nfunction step() {\n  jnp.ones([3, 4]).add(jnp.ones([3]) as never);\n}\nstep();\n',
      programs,
    );
    const { status, stderr } = fluxion("run", program);
    expect(status).toBe(1);
    expect(stderr).toContain("Incompatible shapes for broadcasting: shapes=[(3, 4), (3,)]");
    expect(stderr).toMatch(/at step \(.*throws\.ts:3:\d+\)/);
    expect(stderr).not.toMatch(/packages\/tracer\/src|node:internal/);
  });

  const mistakes: [string, string[], string][] = [
    ["a missing file", [join(folder, "none.ts")], "there is no file"],
    ["a folder", [folder], "is not a file"],
    ["another kind of file", [single], "this ends in .npy"],
    ["a TypeScript error", [put("bad.ts", "const x: number = ;\n")], "bad.ts:1\nconst x: number = ;\n"],
    ["a JavaScript error", [put("bad.mjs", "const x = ;\n")], "SyntaxError: Unexpected token ';'"],
    ["input of a program", [put("empty.mjs", ""), "--input", single], "takes no --input"],
    [
      "a module that does not parse",
      [put("syntax.mlir", "func.func @main(%a: tensor<2xf32> {\n")],
      "syntax.mlir:1:36: expected a name",
    ],
    [
      "a module that does not verify",
      [
        put("invalid.mlir", double("2xf32").replace("-> tensor<2xf32>", "-> tensor<3xf32>")),
        "--input",
        single,
      ],
      "returns (tensor<2xf32>), the function declares (tensor<3xf32>)",
    ],
    ["too few inputs", [f32], "main takes 1 arguments (tensor<2xf32>), got 0"],
    [
      "an input of another type",
      [f32, "--input", wide],
      "wide.npy is tensor<2xf64>; argument 0 is tensor<2xf32>",
    ],
    ["a missing input", [f32, "--input", join(folder, "none.npy")], "none.npy: ENOENT"],
    ["an input that is no .npy", [f32, "--input", f64], "is not a .npy file"],
    ["an unknown option", [f32, "--bogus"], "unknown option '--bogus'"],
    [
      "an unknown stage",
      [f32, "--input", single, "--dump-ir=foo"],
      "unknown stage foo; the stages are: traced,",
    ],
    ["an unknown device", [f32, "--device", "tpu"], "Allowed choices are"],
    ["no threads", [f32, "--threads", "0"], "It must be an integer from 1 to 64."],
    ["threads in words", [f32, "--threads", "many"], "It must be an integer from 1 to 64."],
  ];
  test.each(mistakes)("%s is an error in a few words", (_, args, text) => {
    const { status, stdout, stderr } = fluxion("run", ...args);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("FLUXION_DEVICE", () => {
  const run = ["run", f32, "--input", single, "--dump-ir=wat"];

  test("chooses the device where no option does", () => {
    const { status, stderr } = fluxionWith({ FLUXION_DEVICE: "interpreter" }, ...run);
    expect([status, stderr]).toEqual([0, ""]);
    expect(fluxionWith({ FLUXION_DEVICE: "interpreter" }, ...run, "--device", "cpu").stderr).toContain(
      "(module",
    );
  });

  test.each([
    ["run", f32, "--input", single],
    ["check", put("doubling.mlir", checking("[2.0, 4.0]"))],
  ])("refuses an unknown device in %s", (...args) => {
    const { status, stdout, stderr } = fluxionWith({ FLUXION_DEVICE: "tpu" }, ...args);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain("Unknown backend tpu");
  });
});

describe("check", () => {
  const passing = put("passing.mlir", checking("[2.0, 4.0]"));
  const failing = put("failing.mlir", checking("[2.0, 5.0]"));

  test.each(["cpu", "interpreter"])("counts checks on %s and fails if one does not hold", (device) => {
    const all = fluxion("check", passing, "--device", device);
    expect([all.status, all.stdout]).toEqual([0, "1 passed, 0 failed\n"]);
    const some = fluxion("check", passing, failing, "--device", device);
    expect(some.status).toBe(1);
    expect(some.stdout).toBe(
      `FAILED ${failing}: check.expect_eq: at (1,) got 4, expected 5\n1 passed, 1 failed\n`,
    );
  });

  test("a file that cannot be checked is a failure, and the others are checked", () => {
    mkdirSync(join(folder, "sub"), { recursive: true });
    const { status, stdout } = fluxion("check", join(folder, "none.mlir"), f32, passing);
    expect(status).toBe(1);
    expect(stdout).toContain("none.mlir: ENOENT");
    expect(stdout).toContain("@main takes arguments, so nothing can check it");
    expect(stdout).toContain("1 passed, 2 failed");
  });
});
