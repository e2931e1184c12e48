/** The folder in a page: bundled for browsers and run where there is neither Node nor a file system. */

import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";

const entry = `
  import { makeIo } from ${JSON.stringify(fileURLToPath(new URL("../../src/io/index.ts", import.meta.url)))};
  globalThis.io = makeIo({ toHost: (x) => x, fromHost: (h) => h, isArray: (x) => "dtype" in x, warn() {} });
`;

it("works on bytes without Node", async () => {
  const bundle = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    conditions: ["fluxion-source"],
  });
  const code = bundle.outputFiles[0].text;
  expect(code).not.toMatch(/require\("node:|from "node:/);
  const page = createContext({ TextEncoder, TextDecoder, URL });
  runInContext(code, page);
  const run = (script: string): unknown => runInContext(script, page);
  run(`var x = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) };`);
  expect(run(`[...io.load(io.save(x)).data].join()`)).toBe("1,2");
  expect(run(`[...io.load(io.savezCompressed({ x })).get("x").data].join()`)).toBe("1,2");
  expect(run(`io.savetxt(x, "%g")`)).toBe("1\n2\n");
  expect(run(`[...io.genfromtxt(new TextEncoder().encode("1,,3"), { delimiter: "," }).data].join()`)).toBe(
    "1,NaN,3",
  );
  expect(() => run(`io.load("x.npy")`)).toThrow(
    "there is no file system here, so io takes bytes instead of paths",
  );
  expect(() => run(`io.save("x.npy", x)`)).toThrow("there is no file system here");
});
