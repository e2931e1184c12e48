/**
 * What transforms make of small programs, `goldens/*.mlir`. A file holds cases split by lines of `// -----`; a case is
 *
 *     // command: NAME ARGUMENTS
 *     input
 *     // expected:
 *     the derived functions
 *
 * `npm run goldens` (FLUXION_UPDATE_GOLDENS=1) writes the expected parts anew.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { assertValid, type Func, parseModule, printFunc } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { batch, jvp, linearize, transpose, vjp } from "../src/index.ts";
import { type Subject, subject } from "./harness.ts";

const folder = new URL("goldens/", import.meta.url);
const update = process.env.FLUXION_UPDATE_GOLDENS === "1";
const SPLIT = "// -----\n";
const EXPECTED = "// expected:\n";

const allActive = ({ func }: Subject): boolean[] => func.body.arguments.map(() => true);

/** Arguments are the wanted results of `linearize`, the linear parameters of `transpose`, the axes of `vmap`. */
const commands: Readonly<Record<string, (subject: Subject, words: readonly string[]) => readonly Func[]>> = {
  jvp: (s) => [jvp(s.scope, s.func, allActive(s)).func],
  linearize: (s, results) => {
    const wanted = s.func.resultTypes.map((_, i) => results.length === 0 || results.includes(String(i)));
    const { primal, linear } = linearize(s.scope, s.func, allActive(s), wanted);
    return [primal, linear];
  },
  transpose: (s, linear) => [
    transpose(
      s.scope,
      s.func,
      s.func.body.arguments.map((_, i) => linear.includes(String(i))),
    ),
  ],
  vjp: (s) => {
    const { forward, backward } = vjp(s.scope, s.func, allActive(s));
    return [forward, backward];
  },
  vmap: (s, axes) => {
    const inAxes = axes.map((axis) => (axis === "null" ? null : Number(axis)));
    return [batch(s.scope, s.func, 5, inAxes).func];
  },
};

/** The derived functions, then those that were added for calls. */
function derive(command: string, words: readonly string[], input: string): string {
  const own = new Set(parseModule(input).functions.map(({ name }) => name));
  const s = subject(input);
  const derived = commands[command](s, words);
  const added = s.scope.functions.filter(({ name }) => !own.has(name));
  const all = [...derived, ...added];
  const kept = s.scope.functions.filter(({ name }) => own.has(name));
  assertValid({ name: undefined, functions: [...all, ...kept] });
  return all.map((func) => printFunc(func)).join("");
}

interface GoldenCase {
  readonly header: string;
  readonly input: string;
  readonly expected: string;
}

function read(text: string): GoldenCase[] {
  return text.split(SPLIT).map((part) => {
    const end = part.indexOf("\n");
    const [input, expected = ""] = part.slice(end + 1).split(EXPECTED);
    return { header: part.slice(0, end), input, expected };
  });
}

function actual({ header, input }: GoldenCase): string {
  const [name, ...words] = header.replace("// command: ", "").split(" ");
  return derive(name, words, input);
}

describe.each(readdirSync(folder))("%s", (file) => {
  const path = new URL(file, folder);
  const cases = read(readFileSync(path, "utf8"));
  if (update) {
    const written = cases.map((golden) => `${golden.header}\n${golden.input}${EXPECTED}${actual(golden)}`);
    writeFileSync(path, written.join(SPLIT));
  }
  test.each(cases.map((golden, i) => [i, golden] as const))("case %i", (_, golden) => {
    expect(actual(golden)).toBe(update ? actual(golden) : golden.expected);
  });
});
