/** The compiler's view of the array types: no errors but the intended ones, their text, and how hard it works. */

import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fixture = fileURLToPath(new URL("./types/methods.ts", import.meta.url));

function check(source?: string): { texts: string[]; instantiations: number } {
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

test("the fixture has the types that it says, at a bounded cost", () => {
  const { texts, instantiations } = check();
  expect(texts).toEqual([]);
  // 13,600 when written, with TypeScript 6.0 and the library's own sources.
  expect(instantiations).toBeLessThan(30_000);
});

test("a wrong operand is an error that shows both shapes", () => {
  const source = `
    import type { NDArray } from "@fluxion/tracer";
    declare const matrix: NDArray<[3, 4], "float32">;
    declare const vector: NDArray<[3], "float32">;
    matrix.add(vector);
    matrix.matmul(vector);
  `;
  const [added, multiplied] = check(source).texts;
  expect(added).toContain("add got incompatible shapes for broadcasting: (3, 4), (3,).");
  expect(multiplied).toContain("dot_general requires contracting dimensions to have the same shape");
  expect(multiplied).toContain("(3, 4) and (3,)");
});
