/**
 * Golden text files, `goldens/text/*.mlir`. A file holds cases split by lines of `// -----`; a case is
 *
 *     // command: NAME
 *     input
 *     // expected:
 *     what the command gives
 *
 * `npm run goldens` (FLUXION_UPDATE_GOLDENS=1) writes the expected parts anew.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  annotateModule,
  formatType,
  interpret,
  ParseError,
  parseModule,
  printDense,
  printModule,
  runChecks,
  VerificationError,
  verify,
} from "../src/index.ts";

const folder = new URL("goldens/text/", import.meta.url);
const update = process.env.FLUXION_UPDATE_GOLDENS === "1";
const SPLIT = "// -----\n";
const EXPECTED = "// expected:\n";

/** The error that a reader of this text sees. */
function errorOf(text: string): string {
  try {
    parseModule(text);
  } catch (error) {
    if (error instanceof ParseError || error instanceof VerificationError) return `${error.message}\n`;
    throw error;
  }
  return "no error\n";
}

const commands: Readonly<Record<string, (text: string) => string>> = {
  print: (text) => printModule(parseModule(text)),
  generic: (text) => printModule(parseModule(text), { form: "generic" }),
  locations: (text) => printModule(parseModule(text), { locations: true }),
  error: errorOf,
  verify: (text) => {
    const module = parseModule(text, { verify: false });
    return annotateModule(module, verify(module));
  },
  interpret: (text) =>
    interpret(parseModule(text), [])
      .map((result) => `${printDense(result)} : ${formatType(result.type)}\n`)
      .join(""),
  check: (text) => {
    const { passed, failures } = runChecks(parseModule(text));
    const lines = failures.map(({ message }) => `${message}\n`);
    return `${lines.join("")}${passed} passed, ${failures.length} failed\n`;
  },
};

interface GoldenCase {
  readonly command: string;
  readonly input: string;
  readonly expected: string;
}

function read(text: string): GoldenCase[] {
  return text.split(SPLIT).map((part) => {
    const header = /^\/\/ command: (\w+)\n/.exec(part);
    if (header === null)
      throw new Error(`a case must begin with "// command: NAME", got ${part.slice(0, 40)}`);
    const [input, expected = ""] = part.slice(header[0].length).split(EXPECTED);
    return { command: header[1], input, expected };
  });
}

const write = (cases: readonly GoldenCase[]): string =>
  cases
    .map(({ command, input, expected }) => `// command: ${command}\n${input}${EXPECTED}${expected}`)
    .join(SPLIT);

const run = ({ command, input }: GoldenCase): string => {
  const apply = commands[command];
  if (apply === undefined) throw new Error(`unknown command ${command}`);
  return apply(input);
};

/** Text that is printed must read as the text that it prints. */
const identities: readonly string[] = ["print", "generic", "locations"];

describe.each(readdirSync(folder).filter((name) => name.endsWith(".mlir")))("%s", (name) => {
  const url = new URL(name, folder);
  const cases = read(readFileSync(url, "utf8"));
  if (update) writeFileSync(url, write(cases.map((golden) => ({ ...golden, expected: run(golden) }))));
  test.each(
    (update ? read(readFileSync(url, "utf8")) : cases).map((golden, index) => [index, golden] as const),
  )("case %i", (_, golden) => {
    const actual = run(golden);
    expect(actual).toBe(golden.expected);
    if (identities.includes(golden.command)) expect(commands[golden.command](actual)).toBe(actual);
  });
});
