/** The compiler's view of the array types: no errors but the intended ones, their text, and how hard it works. */

import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fixtureAt = (name: string): string => fileURLToPath(new URL(`./types/${name}.ts`, import.meta.url));

function check(name: string, source?: string): { texts: string[]; instantiations: number } {
  const fixture = fixtureAt(name);
  const config = ts.readConfigFile(`${root}tsconfig.tests.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { readFile, getSourceFile } = host;
  if (source !== undefined) {
    host.readFile = (name) => (name === fixture ? source : readFile(name));
    host.getSourceFile = (name, ...rest) =>
      name === fixture ? ts.createSourceFile(name, source, rest[0]) : getSourceFile(name, ...rest);
  }
  const program = ts.createProgram([fixture], options, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(fixture));
  return {
    texts: diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    instantiations: program.getInstantiationCount(),
  };
}

// Instantiations when written, with TypeScript 6.0 and the library's own sources: 14,600 20,000 and 9,000.
test.each([
  ["methods", 30_000],
  ["functions", 40_000],
  ["trees", 20_000],
  ["batching", 30_000],
  ["transforms", 40_000],
])("%s have the types that the fixture says, at a bounded cost", (name, most) => {
  const { texts, instantiations } = check(name);
  expect(texts).toEqual([]);
  expect(instantiations).toBeLessThan(most);
});

test("a wrong operand is an error that shows both shapes", () => {
  const source = `
    import { jnp, type NDArray } from "@fluxion/tracer";
    declare const matrix: NDArray<[3, 4], "float32">;
    declare const vector: NDArray<[3], "float32">;
    matrix.add(vector);
    matrix.matmul(vector);
    jnp.ones([3, 4]).add(jnp.ones([3]));
    jnp.subtract(matrix, jnp.sum(matrix, 1));
  `;
  const [added, multiplied, ones, subtracted] = check("methods", source).texts;
  expect(ones).toContain("add got incompatible shapes for broadcasting: (3, 4), (3,).");
  expect(subtracted).toContain("subtract got incompatible shapes for broadcasting: (3, 4), (3,).");
  expect(added).toContain("add got incompatible shapes for broadcasting: (3, 4), (3,).");
  expect(multiplied).toContain("dot_general requires contracting dimensions to have the same shape");
  expect(multiplied).toContain("(3, 4) and (3,)");
});
