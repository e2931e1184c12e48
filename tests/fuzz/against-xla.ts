/**
 * Compares the interpreter with XLA on random programs; not part of the tests, as it needs Python with jaxlib:
 * `PYTHON=python3 node --conditions=fluxion-source tests/fuzz/against-xla.ts [COUNT [FIRST]]`.
 * Left out are ops that XLA on the CPU does not have (mulhi) or computes otherwise (integer powers: six bits of the
 * exponent). What else differs is for a human to judge: XLA adds fused booleans as exclusive or, and aborts on some
 * dynamic_update_slice with int8 indices out of bounds.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesOfStorage,
  interpret,
  type Literal,
  literal,
  opcodes,
  printModule,
  storageFromBytes,
} from "@fluxion/ir";
import { difference } from "./compare.ts";
import { type Program, randomProgram } from "./generate.ts";

const script = new URL("../../packages/ir/test/oracle/run_stablehlo.py", import.meta.url).pathname;

const encode = ({ type, data }: Literal) => ({
  dtype: type.dtype,
  shape: type.shape,
  data: Buffer.from(bytesOfStorage(data)).toString("base64"),
});

interface Answer {
  readonly outputs?: readonly string[];
  readonly error?: string;
}

/** One answer for each program; XLA may abort on one, then the rest is run anew. */
function runWithXla(programs: readonly Program[]): Answer[] {
  const answers: Answer[] = [];
  while (answers.length < programs.length) {
    const some = runUntilAbort(programs.slice(answers.length));
    answers.push(...some);
    if (answers.length < programs.length) answers.push({ error: "the process aborted" });
  }
  return answers;
}

function runUntilAbort(programs: readonly Program[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), "fluxion-xla-"));
  const [source, target] = [join(folder, "in.jsonl"), join(folder, "out.jsonl")];
  const lines = programs.map((program) => ({
    text: printModule(program.module),
    inputs: program.inputs.map(encode),
  }));
  writeFileSync(source, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { status, stderr } = spawnSync(process.env.PYTHON ?? "python3", [script, source, target], {
    encoding: "utf8",
  });
  if (status !== null && status !== 0) throw new Error(`the oracle failed: ${stderr}`);
  const answers = readFileSync(target, "utf8").split("\n").slice(0, -1);
  rmSync(folder, { recursive: true });
  return answers.map((line) => JSON.parse(line));
}

function judge(program: Program, answer: Answer): string | undefined {
  if (answer.outputs === undefined) return `seed ${program.seed}: XLA says ${answer.error}`;
  const expected = interpret(program.module, program.inputs);
  const actual = expected.map(({ type }, index) => {
    const bytes = new Uint8Array(Buffer.from(answer.outputs?.[index] ?? "", "base64"));
    return literal(type.dtype, type.shape, storageFromBytes(type.dtype, bytes));
  });
  return difference(program, expected, actual);
}

const ops = opcodes.filter((opcode) => opcode !== "power" && opcode !== "chlo.mulhi");
const [count = 100, first = 0] = process.argv.slice(2).map(Number);
const programs = Array.from({ length: count }, (_, index) => randomProgram(first + index, { ops }));
const problems = runWithXla(programs)
  .map((answer, index) => judge(programs[index], answer))
  .filter((problem) => problem !== undefined);
for (const problem of problems) console.log(problem);
console.log(`${count - problems.length} programs agree, ${problems.length} differ`);
