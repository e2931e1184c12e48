/** Runs the cases of a golden file against a library. */

import { readFileSync } from "node:fs";
import { type Library, MissingFunction } from "./adapter.ts";
import { compareArray, comparePlain } from "./compare.ts";
import { decodeValue } from "./decode.ts";
import { type Expectation, type GoldenCase, type GoldenFile, isArray, isComplex } from "./format.ts";
import { ruleFor } from "./policy.ts";

/** The families that run on the `fluxion` package; `stablehlo` holds programs instead (programs.ts). */
export const families = [
  "creation",
  "conversion",
  "unary",
  "binary",
  "sweeps",
  "subnormals",
  "promotion",
  "promotion64",
  "shaping",
  "reductions",
  "dots",
  "indexing",
  "fancy",
  "sorting",
  "draws",
  "structure",
  "statistics",
  "special",
  "nn",
  "random",
  "printing",
  "printing-str",
  "x64",
] as const;

export const loadFamily = <F = GoldenFile>(family: string): F =>
  JSON.parse(readFileSync(new URL(`./data/${family}.json`, import.meta.url), "utf8")) as F;

/** Errors of Python that JavaScript has no class for, and what may stand for them. */
const substitutes: Readonly<Record<string, readonly string[]>> = {
  ValueError: ["ValueError", "RangeError", "TypeError"],
  IndexError: ["IndexError", "RangeError", "TypeError"],
  OverflowError: ["OverflowError", "RangeError"],
  NotImplementedError: ["NotImplementedError", "Error"],
};

/** Texts of errors that the JavaScript engine raises by itself: a defect, whatever the class. */
const engineError =
  /is not a (function|constructor)|is not (iterable|defined)|^Cannot (read|set|convert|mix|destructure)|Invalid (array length|typed array)|is not an object|Maximum call stack/;

function classNames(error: unknown): string[] {
  const names: string[] = [];
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    names.push(type.constructor.name);
  }
  return names;
}

/** What is wrong with an error that was raised; nothing if it is the expected one. */
export function compareError(expected: Expectation | undefined, error: unknown): string[] {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (expected === undefined || !("error" in expected)) return [`raised ${text}`];
  if (!(error instanceof Error)) return [`raised ${text}, which is no Error`];
  if (error instanceof MissingFunction || engineError.test(error.message)) return [`raised ${text}`];
  const accepted = substitutes[expected.error] ?? [expected.error];
  const wrong = classNames(error).some((name) => accepted.includes(name))
    ? []
    : [`raised ${text}, expected ${expected.error}`];
  if (expected.phrase !== undefined && !error.message.includes(expected.phrase)) {
    wrong.push(`the text ${JSON.stringify(error.message)} lacks ${JSON.stringify(expected.phrase)}`);
  }
  return wrong;
}

/** Results in order: a list of results, or a list of lists, is flattened. */
const leavesOf = (result: unknown): unknown[] =>
  Array.isArray(result) ? result.flatMap(leavesOf) : [result];

function compareLeaf(
  expect: Expectation,
  leaf: unknown,
  fn: string,
  complexArgument: boolean,
  lib: Library,
): string[] {
  if ("error" in expect) return [`no error, expected ${expect.error}`];
  if (!isArray(expect))
    return lib.isArray(leaf) ? ["an array, expected a plain value"] : comparePlain(expect.value, leaf);
  if (!lib.isArray(leaf)) return [`${String(leaf)} is no array`];
  return compareArray(expect, lib.read(leaf), ruleFor(fn, complexArgument || isComplex(expect.dtype)));
}

/** Whether an argument is complex, which decides the rule for functions such as `abs`. */
export function takesComplex({ args }: GoldenCase, { inputs }: GoldenFile): boolean {
  return args.some((a) => {
    if (a === null || typeof a !== "object" || Array.isArray(a)) return false;
    const value = "$" in a ? inputs[String((a as { $: unknown }).$)] : a;
    return "complex" in value || ("dtype" in value && isComplex(String(value.dtype)));
  });
}

function execute(golden: GoldenCase, file: GoldenFile, lib: Library): string[] {
  const decode = (value: Parameters<typeof decodeValue>[0]): unknown => decodeValue(value, file.inputs, lib);
  const args = golden.args.map(decode);
  if (golden.kwargs !== undefined) {
    args.push(
      Object.fromEntries(Object.entries(golden.kwargs).map(([name, value]) => [name, decode(value)])),
    );
  }
  let result: unknown;
  try {
    result = lib.call(golden.fn, args);
  } catch (error) {
    return compareError(golden.expect[0], error);
  }
  const leaves = "value" in golden.expect[0] ? [result] : leavesOf(result);
  if (leaves.length !== golden.expect.length)
    return [`${leaves.length} results, expected ${golden.expect.length}`];
  const complex = takesComplex(golden, file);
  return golden.expect.flatMap((expect, i) => compareLeaf(expect, leaves[i], golden.fn, complex, lib));
}

/** What is wrong with one case: nothing if it is as JAX has it. Never throws. */
export function runCase(golden: GoldenCase, file: GoldenFile, lib: Library): string[] {
  try {
    if (golden.x64) lib.enableX64(true);
    return execute(golden, file, lib);
  } catch (error) {
    return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  } finally {
    if (golden.x64) lib.enableX64(false);
  }
}

export interface Failure {
  readonly id: string;
  readonly wrong: readonly string[];
}

/** The failures of a family; empty if all its cases are as JAX has them. */
export function runFamily(file: GoldenFile, lib: Library): Failure[] {
  return file.cases
    .map((golden) => ({ id: golden.id, wrong: runCase(golden, file, lib) }))
    .filter(({ wrong }) => wrong.length > 0);
}
