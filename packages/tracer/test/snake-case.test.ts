/** Python's names of what has a camelCase name. */

import { fileURLToPath } from "node:url";
import * as fluxion from "@fluxion/tracer";
import { config, jnp, lax, tree } from "@fluxion/tracer";
import ts from "typescript";
import { expect, test } from "vitest";
import { staleFiles, writeStaleFiles } from "../scripts/snake-case.ts";
import { snakeCase } from "../src/core/snake-case.ts";

config.defaultDevice = "interpreter";

test("the generated files are up to date", async () => {
  if (process.env.FLUXION_UPDATE_GOLDENS === "1") await writeStaleFiles();
  const cure = "run: npx node --conditions=fluxion-source packages/tracer/scripts/snake-case.ts";
  expect(await staleFiles(), cure).toEqual([]);
});

test("names", () => {
  expect(["expandDims", "atleast1d", "besselI1e", "sum", "log1p", "NDArray"].map(snakeCase)).toEqual([
    "expand_dims",
    "atleast_1d",
    "bessel_i1e",
    undefined,
    undefined,
    undefined,
  ]);
});

test("an alias is the function itself", () => {
  expect(jnp.expand_dims).toBe(jnp.expandDims);
  expect(lax.dynamic_slice).toBe(lax.dynamicSlice);
  expect(tree.leaves_with_path).toBe(tree.leavesWithPath);
  expect(fluxion.make_jaxpr).toBe(fluxion.makeJaxpr);
  const x = jnp.arange(6);
  expect(x.floor_divide(2).toArraySync()).toEqual([0, 0, 1, 1, 2, 2]);
  expect(x.is_deleted()).toBe(false);
});

test("editors know that an alias is deprecated", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const name = fileURLToPath(new URL("./aliases-in-use.ts", import.meta.url));
  const text =
    'import { jnp, eval_shape } from "@fluxion/tracer";\njnp.expand_dims; jnp.expandDims; eval_shape;\n';
  const { config: json } = ts.readConfigFile(`${root}tsconfig.tests.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(json, ts.sys, root);
  const service = ts.createLanguageService({
    getScriptFileNames: () => [name],
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const content = file === name ? text : ts.sys.readFile(file);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === name || ts.sys.fileExists(file),
    readFile: ts.sys.readFile,
  });
  const deprecated = service
    .getSuggestionDiagnostics(name)
    .filter(({ reportsDeprecated }) => reportsDeprecated)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(deprecated).toContain("'expand_dims' is deprecated.");
  expect(deprecated).toContain("'eval_shape' is deprecated.");
  expect(deprecated.join()).not.toContain("expandDims");
});
