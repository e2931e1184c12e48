import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOutsideProject, type OutsideProject, root } from "./outside-project.ts";

let project: OutsideProject;
beforeAll(() => {
  project = createOutsideProject();
});
afterAll(() => project?.remove());

function runNode(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: project.dir, encoding: "utf8" });
}

/** npm packages that loading a built file imports at once, chunks included. */
function staticImports(file: string, seen = new Set<string>()): Set<string> {
  const external = new Set<string>();
  if (seen.has(file)) return external;
  seen.add(file);
  for (const [, specifier] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\s[^;]*?"([^"\n]+)";$/gm,
  )) {
    const inner = specifier.startsWith(".")
      ? staticImports(join(dirname(file), specifier), seen)
      : [specifier];
    for (const name of inner) external.add(name);
  }
  return external;
}

describe("the packed package", () => {
  it("holds the build, its declarations and the licence, and no sources", () => {
    for (const file of ["node/index.js", "browser/index.js", "types/fluxion/index.d.ts"]) {
      expect(project.packed).toContain(`dist/${file}`);
    }
    expect(project.packed).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const strays = project.packed.filter(
      (path) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(path),
    );
    expect(strays).toEqual([]);
  });

  it("loads in Node without the workspace", () => {
    const { stdout, stderr, status } = runNode("-e", `import("fluxion").then((m) => console.log(typeof m))`);
    expect({ stdout, stderr, status }).toEqual({ stdout: "object\n", stderr: "", status: 0 });
  });

  it.each(["node", "browser"])(
    "loads neither binaryen nor the command line with the library (%s)",
    (kind) => {
      const imports = [...staticImports(join(project.dir, "node_modules/fluxion/dist", kind, "index.js"))];
      const declared = ["csv-parse/sync", "csv-parse/browser/esm/sync", "fflate"];
      expect(imports.filter((name) => !name.startsWith("node:") && !declared.includes(name))).toEqual([]);
    },
  );

  it.each([
    { module: "NodeNext", moduleResolution: "NodeNext" },
    { module: "ESNext", moduleResolution: "Bundler" },
  ])("type-checks in a strict project with $moduleResolution resolution", (options) => {
    const compilerOptions = { ...options, target: "ES2024", lib: ["ESNext", "DOM"], types: [], noEmit: true };
    writeFileSync(
      join(project.dir, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, strict: true, skipLibCheck: false },
        files: ["use.ts"],
      }),
    );
    writeFileSync(
      join(project.dir, "use.ts"),
      `import * as fluxion from "fluxion";\nexport const names: (keyof typeof fluxion)[] = [];\n`,
    );
    const { stdout, status } = runNode(join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("says what to install where a GPU is asked for and Dawn is missing; the CPU does not need it", () => {
    const ask = `const { devices, init, jnp } = await import("fluxion");
      await init();
      console.log(devices().join(), jnp.arange(3).add(1).item(2));
      try { devices("gpu"); } catch (error) { console.log(String(error)); }
      await init({ device: "webgpu" }).catch((error) => console.log(String(error)));`;
    const { stdout, stderr, status } = runNode("--input-type=module", "-e", ask);
    const [cpu, ...errors] = stdout.trim().split("\n");
    expect({ cpu, stderr, status }).toEqual({ cpu: "CpuDevice(id=0) 3", stderr: "", status: 0 });
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toMatch(/^WebGpuUnavailableError: .*: npm install webgpu$/);
  });

  it("has a working command line when the sources have one", () => {
    const cli = join(project.dir, "node_modules/fluxion/dist/cli.js");
    expect(existsSync(cli)).toBe(existsSync(join(root, "packages/fluxion/src/cli/main.ts")));
    if (!existsSync(cli)) return;
    const { stdout, stderr, status } = runNode(cli, "--help");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(/^Usage: fluxion/);
  });
});
