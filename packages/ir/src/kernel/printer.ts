/** Text of programs and kernels, for `--dump-ir=kernels` and golden tests. Read-only: there is no parser for it. */

import { formatLocation } from "../errors.ts";
import { formatType } from "../tensor-type.ts";
import type { Index, IndexAtom, LoopVar } from "./index-expr.ts";
import type {
  BufferRef,
  Command,
  Expr,
  GemmKernel,
  Kernel,
  Local,
  LoopKernel,
  Program,
  RangeTest,
  Stmt,
  Tile,
} from "./types.ts";

/** Unique names for the objects of one kernel. */
class Names {
  readonly #names = new Map<object, string>();
  readonly #used = new Map<string, number>();

  of(object: LoopVar | Local | BufferRef | Tile): string {
    const known = this.#names.get(object);
    if (known !== undefined) return known;
    const count = this.#used.get(object.name) ?? 0;
    this.#used.set(object.name, count + 1);
    const name = count === 0 ? object.name : `${object.name}.${count}`;
    this.#names.set(object, name);
    return name;
  }
}

export function printProgram(program: Program): string {
  const buffers = program.buffers.map((buffer) => {
    const { placement } = buffer;
    const where =
      placement.kind === "arena"
        ? `arena+${placement.offset}`
        : placement.kind === "constant"
          ? "constant"
          : `${placement.kind} ${placement.index}`;
    return `  buffer ${buffer.id} ${buffer.name}: ${formatType(buffer)} at ${where}`;
  });
  const kernels = program.kernels.map((kernel) => printKernel(kernel));
  const commands = printCommands(program, program.commands, "    ");
  return [
    `program ${program.name} {`,
    ...buffers,
    `  arena ${program.arenaBytes} bytes`,
    `  results (${program.results.join(", ")})`,
    ...program.donations.map(({ result, parameter }) => `  result ${result} reuses parameter ${parameter}`),
    "  run {",
    ...commands,
    "  }",
    "}",
    ...kernels,
  ].join("\n");
}

const printCommands = (program: Program, commands: readonly Command[], indent: string): string[] =>
  commands.flatMap((command) => commandText(program, command, indent));

function commandText(program: Program, command: Command, indent: string): string[] {
  const inner = (list: readonly Command[]): string[] => printCommands(program, list, `${indent}  `);
  switch (command.kind) {
    case "launch":
      return [`${indent}launch ${program.kernels[command.kernel].name}(${command.buffers.join(", ")})`];
    case "copy":
      return [`${indent}copy ${command.from} -> ${command.to}`];
    case "while":
      return [
        `${indent}while {`,
        ...inner(command.condition),
        `${indent}} test ${command.predicate} do {`,
        ...inner(command.body),
        `${indent}}`,
      ];
    case "case":
      return [
        `${indent}case ${command.index} {`,
        ...command.branches.flatMap((branch, i) => [`${indent}branch ${i}:`, ...inner(branch)]),
        `${indent}}`,
      ];
  }
}

export function printKernel(kernel: Kernel): string {
  const names = new Names();
  const params = kernel.buffers
    .map((ref) => `${names.of(ref)}: ${ref.access} ${ref.dtype}[${ref.elements}]`)
    .join(", ");
  const origin = kernel.origin.map(
    ({ opcode, location }) => `  // ${opcode}${location ? ` at ${formatLocation(location)}` : ""}`,
  );
  const body = kernel.kind === "loops" ? loopsText(kernel, names) : gemmText(kernel, names);
  return [`kernel ${kernel.name}(${params}) {`, ...origin, ...body, "}"].join("\n");
}

function loopsText(kernel: LoopKernel, names: Names): string[] {
  const tiles = kernel.tiles.map((tile) => `  tile ${names.of(tile)}: ${tile.dtype}[${tile.elements}]`);
  const prologue =
    kernel.prologue.length === 0 ? [] : ["  prologue {", ...stmtsText(kernel.prologue, names, "    "), "  }"];
  if (kernel.grid === undefined) return [...tiles, ...prologue, ...stmtsText(kernel.body, names, "  ")];
  const { grid } = kernel;
  const head = `  parallel ${names.of(grid.var)} in 0..${grid.extent}${grid.simd ? " simd" : ""} grain ${grid.grain} {`;
  return [...tiles, ...prologue, head, ...stmtsText(kernel.body, names, "    "), "  }"];
}

function gemmText(kernel: GemmKernel, names: Names): string[] {
  const loops = [...kernel.batch, kernel.m, kernel.n]
    .map((loop) => `${names.of(loop.var)} in 0..${loop.extent}`)
    .join(", ");
  return [
    `  gemm ${kernel.accumulate} ${loops} {`,
    `    ${names.of(kernel.sum)} = sum over ${names.of(kernel.k.var)} in 0..${kernel.k.extent} of`,
    `      lhs ${exprText(kernel.lhs, names)}`,
    `      rhs ${exprText(kernel.rhs, names)}`,
    ...stmtsText(kernel.epilogue, names, "    "),
    "  }",
  ];
}

function stmtsText(stmts: readonly Stmt[], names: Names, indent: string): string[] {
  return stmts.flatMap((stmt) => stmtText(stmt, names, indent));
}

function stmtText(stmt: Stmt, names: Names, indent: string): string[] {
  const inner = (list: readonly Stmt[]): string[] => stmtsText(list, names, `${indent}  `);
  switch (stmt.kind) {
    case "let":
      return [
        `${indent}${stmt.local.mutable ? "var" : "let"} ${names.of(stmt.local)}: ${stmt.local.dtype} = ${exprText(stmt.value, names)}`,
      ];
    case "assign":
      return [`${indent}${names.of(stmt.local)} = ${exprText(stmt.value, names)}`];
    case "store":
      return [
        `${indent}${names.of(stmt.to)}[${indexText(stmt.index, names)}] = ${exprText(stmt.value, names)}`,
      ];
    case "for":
      return [
        `${indent}for ${names.of(stmt.var)} in 0..${stmt.extent}${stmt.mode === "simd" ? " simd" : ""} {`,
        ...inner(stmt.body),
        `${indent}}`,
      ];
    case "if":
      return [
        `${indent}if ${exprText(stmt.condition, names)} {`,
        ...inner(stmt.then),
        ...(stmt.else.length > 0 ? [`${indent}} else {`, ...inner(stmt.else)] : []),
        `${indent}}`,
      ];
    case "while":
      return [
        `${indent}while {`,
        ...inner(stmt.before),
        `${indent}} test ${exprText(stmt.condition, names)} do {`,
        ...inner(stmt.body),
        `${indent}}`,
      ];
    case "reduce": {
      const loops = stmt.loops.map((loop) => `${names.of(loop.var)} in 0..${loop.extent}`).join(", ");
      const { combine } = stmt;
      const accumulators = stmt.accumulators.map(
        (local, i) => `${names.of(local)}: ${local.dtype} = ${exprText(stmt.init[i], names)}`,
      );
      const fold = combine.monoid ?? "combine";
      return [
        `${indent}reduce ${fold} (${accumulators.join(", ")}) over ${loops}${stmt.simd ? " simd" : ""} {`,
        ...inner(stmt.body),
        `${indent}  yield ${stmt.elements.map((expr) => exprText(expr, names)).join(", ")}`,
        ...(combine.monoid
          ? []
          : [
              `${indent}} with (${[...combine.lhs, ...combine.rhs].map((local) => names.of(local)).join(", ")}) {`,
              ...inner(combine.body),
              `${indent}  yield ${combine.results.map((expr) => exprText(expr, names)).join(", ")}`,
            ]),
        `${indent}}`,
      ];
    }
  }
}

export function exprText(expr: Expr, names: Names = new Names()): string {
  const list = (args: readonly Expr[]): string => args.map((arg) => exprText(arg, names)).join(", ");
  switch (expr.kind) {
    case "const":
      return `${Object.is(expr.value, -0) ? "-0" : expr.value}:${expr.dtype}`;
    case "load":
      return `${names.of(expr.from)}[${indexText(expr.index, names)}]`;
    case "local":
      return names.of(expr.local);
    case "index":
      return `index(${indexText(expr.index, names)})`;
    case "op":
      return `${expr.opcode}(${list(expr.args)})`;
    case "compare":
      return `compare.${expr.direction}.${expr.compareType}(${list(expr.args)})`;
    case "convert":
    case "bitcast":
      return `${expr.kind}.${expr.dtype}(${exprText(expr.arg, names)})`;
    case "reduce_precision":
      return `reduce_precision.e${expr.exponentBits}m${expr.mantissaBits}(${exprText(expr.arg, names)})`;
    case "inRange":
      return expr.tests.map((test) => testText(test, names)).join(" and ");
  }
}

const testText = ({ index, low, high, step }: RangeTest, names: Names): string =>
  `${low} <= ${indexText(index, names)} < ${high}${step ? ` step ${step}` : ""}`;

function indexText({ offset, terms }: Index, names: Names): string {
  const parts = terms.map(({ atom, stride }) =>
    stride === 1 ? atomText(atom, names) : `${stride}*${atomText(atom, names)}`,
  );
  if (offset !== 0 || parts.length === 0) parts.push(String(offset));
  return parts.join(" + ");
}

function atomText(atom: IndexAtom, names: Names): string {
  switch (atom.kind) {
    case "var":
      return names.of(atom.var);
    case "value":
      return exprText(atom.value, names);
    case "clamp":
      return `clamp(${indexText(atom.value, names)}, ${atom.low}, ${atom.high})`;
    default:
      return `(${indexText(atom.value, names)})${atom.kind === "mod" ? "%" : "/"}${atom.by}`;
  }
}
