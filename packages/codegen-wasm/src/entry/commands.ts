/** The entry function `main(frame)`: fills in the launch tables and runs the program's commands. */
import type { kernel as k } from "@fluxion/ir";
import { EXPORT_MAIN } from "../abi.ts";
import type { Binaryen, BinaryenModule, Expr } from "../binaryen/load.ts";
import { FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { callParallel } from "../emit/parallel.ts";
import type { EmittedKernel } from "../loops/kernel.ts";
import { type FramePlan, type Launch, launchKey } from "./frame.ts";

/** How a launch is called: in parallel under a task number, or directly. */
export type LaunchCode =
  | { readonly kind: "loops"; readonly emitted: EmittedKernel; readonly task: number }
  /** A function (table) → () that runs the whole kernel. */
  | { readonly kind: "whole"; readonly functionName: string };

export function emitMain(
  b: Binaryen,
  m: BinaryenModule,
  program: k.Program,
  plan: FramePlan,
  code: readonly LaunchCode[],
): void {
  const f = new FunctionBuilder(b, m, [b.i32], b.none);
  new Main(f, program, plan, code).emit();
  f.finish(EXPORT_MAIN);
  m.addFunctionExport(EXPORT_MAIN, EXPORT_MAIN);
}

/** A call of a task over [0, extent): on all threads if it is more than one chunk's worth of work. */
export function callTask(
  b: Binaryen,
  m: BinaryenModule,
  { functionName, task, extent, grain }: EmittedKernel & { readonly task: number },
  table: Expr,
): Expr {
  const { i32 } = m;
  if (extent <= grain) return m.call(functionName, [table, i32.const(0), i32.const(extent)], b.none);
  return callParallel(b, m, i32.const(task), table, i32.const(extent), i32.const(grain));
}

class Main {
  readonly #f: FunctionBuilder;
  readonly #frame: Local;
  readonly #program: k.Program;
  readonly #plan: FramePlan;
  readonly #code: readonly LaunchCode[];
  /** Where each launch stands in the plan. */
  readonly #positions: ReadonlyMap<string, number>;

  constructor(f: FunctionBuilder, program: k.Program, plan: FramePlan, code: readonly LaunchCode[]) {
    this.#f = f;
    this.#frame = f.param(0);
    this.#program = program;
    this.#plan = plan;
    this.#code = code;
    this.#positions = new Map(plan.launches.map((launch, i) => [launchKey(launch), i]));
  }

  emit(): void {
    for (const launch of this.#plan.launches) this.#fillTable(launch);
    this.#run(this.#program.commands);
  }

  #slot(offset: number): Expr {
    return this.#f.m.i32.load(offset, 4, this.#f.get(this.#frame));
  }

  /** The address of a program buffer. */
  #address(id: number): Expr {
    const { placement } = this.#program.buffers[id];
    const { layout, constantOffsets } = this.#plan;
    const { i32 } = this.#f.m;
    const at = (base: number, offset: number): Expr =>
      offset === 0 ? this.#slot(base) : i32.add(this.#slot(base), i32.const(offset));
    switch (placement.kind) {
      case "parameter":
        return this.#slot(layout.parameters[placement.index]);
      case "result":
        return this.#slot(layout.results[placement.index]);
      case "constant":
        return at(layout.constants, constantOffsets.get(id) ?? 0);
      case "arena":
        return at(layout.arena, placement.offset);
    }
  }

  #fillTable({ buffers, table }: Launch): void {
    const f = this.#f;
    const store = (i: number, value: Expr): void =>
      f.push(f.m.i32.store(table + 4 * i, 4, f.get(this.#frame), value));
    buffers.forEach((id, i) => {
      store(i, this.#address(id));
    });
    store(buffers.length, this.#slot(this.#plan.layout.scratch));
  }

  #run(commands: readonly k.Command[]): void {
    for (const command of commands) this.#command(command);
  }

  #command(command: k.Command): void {
    const f = this.#f;
    const { m } = f;
    switch (command.kind) {
      case "launch":
        this.#launch(command);
        return;
      case "copy": {
        const { bytes } = this.#program.buffers[command.to];
        if (bytes > 0)
          f.push(m.memory.copy(this.#address(command.to), this.#address(command.from), m.i32.const(bytes)));
        return;
      }
      case "while":
        f.loop((loop) => {
          this.#run(command.condition);
          loop.break(m.i32.eqz(m.i32.load8_u(0, 1, this.#address(command.predicate))));
          this.#run(command.body);
        });
        return;
      case "case":
        this.#case(command);
        return;
    }
  }

  #launch({ kernel, buffers }: Extract<k.Command, { kind: "launch" }>): void {
    const f = this.#f;
    const { m, b } = f;
    const index = this.#positions.get(launchKey({ kernel, buffers })) ?? 0;
    const code = this.#code[index];
    const table = m.i32.add(f.get(this.#frame), m.i32.const(this.#plan.launches[index].table));
    if (code.kind === "whole") {
      f.push(m.call(code.functionName, [table], b.none));
      return;
    }
    const { functionName, extent, grain } = code.emitted;
    if (extent === 0) return;
    f.push(callTask(b, m, { functionName, task: code.task, extent, grain }, table));
  }

  #case({ index, branches }: Extract<k.Command, { kind: "case" }>): void {
    const f = this.#f;
    const { m } = f;
    const last = branches.length - 1;
    if (last < 0) return;
    const isBool = this.#program.buffers[index].dtype === "bool";
    const at = this.#address(index);
    const chosen = f.let(f.b.i32, isBool ? m.i32.load8_u(0, 1, at) : m.i32.load(0, 4, at));
    const exit = f.label("case");
    const body = f.block(() => {
      branches.slice(0, last).forEach((branch, i) => {
        f.if(m.i32.eq(f.get(chosen), m.i32.const(i)), () => {
          this.#run(branch);
          f.push(m.br(exit));
        });
      });
      this.#run(branches[last]);
    });
    f.push(m.block(exit, [body], f.b.none));
  }
}
