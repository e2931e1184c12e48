/**
 * Small loops as one kernel. A `while` command whose body launches kernels that are each too small for a second thread
 * becomes one kernel that runs the whole loop: no launches, and buffers of one element are locals.
 *
 *     while { test: compare_0(i → p); p } { sine_1(c → c); add_2(i → i) }
 *
 *     let i = load; while { p = i < n; p } { for j { c[j] = sin(c[j]) }; i = i + 1 }; store i
 */

import { entriesPerElement, kernel as k, realPart, sizeOf } from "@fluxion/ir";
import { KernelBindings, type ProgramBuilder } from "../lower/program.ts";
import { productStatements } from "./product.ts";
import { type StorageMap, substituteAll } from "./substitute.ts";

type WhileCommand = Extract<k.Command, { kind: "while" }>;

/** Most elements that one command of a serial loop may copy; more are worth a command of their own. */
const COPY_ELEMENTS = 8192;
/** Most multiplications of a product in a serial loop: larger ones gain more from packing than a launch costs. */
const PRODUCT_WORK = 16384;
/** Most statements of a serial loop: engines compile one huge function slowly. */
const STATEMENTS = 2000;

/** The launch that runs the whole loop; nothing if it is not small. */
export function serialLoop(program: ProgramBuilder, command: WhileCommand): k.Command | undefined {
  const commands = [...command.condition, ...command.body];
  if (!commands.every((inner) => isSmall(program, inner))) return undefined;
  const loop = new SerialLoop(program, new Set(commands.flatMap((inner) => writtenBy(program, inner))));
  const stmt = loop.whileStmt(command);
  const body = loop.withLocals([stmt]);
  if (countOf(body) > STATEMENTS) return undefined;
  const { bindings, tiles, origin } = loop;
  const name = `loop_${program.kernels.length}`;
  const kernel = program.addKernel({
    kind: "loops",
    name,
    buffers: bindings.refs,
    tiles,
    grid: undefined,
    prologue: [],
    body,
    origin,
  });
  return { kind: "launch", kernel, buffers: bindings.ids };
}

/** Whether a command would run on one thread and is worth running as part of a serial loop. */
function isSmall(program: ProgramBuilder, command: k.Command): boolean {
  switch (command.kind) {
    case "launch": {
      const kernel = program.kernels[command.kernel];
      if (kernel.kind === "loops")
        return kernel.grid === undefined || kernel.grid.extent <= kernel.grid.grain;
      // A product of bools is no sum of products.
      if (kernel.accumulate === "bool") return false;
      const batch = kernel.batch.reduce((product, { extent }) => product * extent, 1);
      return batch * kernel.m.extent * kernel.n.extent * kernel.k.extent <= PRODUCT_WORK;
    }
    case "copy": {
      const { dtype, shape } = program.buffers[command.to];
      const from = program.buffers[command.from];
      return from.dtype === dtype && sizeOf(shape) * entriesPerElement(dtype) <= COPY_ELEMENTS;
    }
    case "while":
      return false;
    case "case":
      return command.branches.every((branch) => branch.every((inner) => isSmall(program, inner)));
  }
}

/** Buffers that a command writes. */
function writtenBy(program: ProgramBuilder, command: k.Command): number[] {
  switch (command.kind) {
    case "launch":
      return command.buffers.filter((_, i) => program.kernels[command.kernel].buffers[i].access !== "read");
    case "copy":
      return [command.to];
    case "while":
      return [...command.condition, ...command.body].flatMap((inner) => writtenBy(program, inner));
    case "case":
      return command.branches.flatMap((branch) => branch.flatMap((inner) => writtenBy(program, inner)));
  }
}

/** How many statements there are, nested ones included. */
const countOf = (body: readonly k.Stmt[]): number =>
  body.reduce((sum, stmt) => sum + 1 + k.bodiesOf(stmt).reduce((inner, b) => inner + countOf(b), 0), 0);

class SerialLoop {
  readonly program: ProgramBuilder;
  readonly bindings: KernelBindings;
  readonly tiles: k.Tile[] = [];
  readonly origin: k.Origin[] = [];
  /** Locals that hold the buffers of one element. */
  readonly #locals = new Map<number, k.Local>();
  readonly #written: ReadonlySet<number>;

  constructor(program: ProgramBuilder, written: ReadonlySet<number>) {
    this.program = program;
    this.#written = written;
    this.bindings = new KernelBindings(program);
  }

  whileStmt({ condition, predicate, body }: WhileCommand): k.Stmt {
    return {
      kind: "while",
      before: this.#statements(condition),
      condition: this.#scalar(predicate),
      body: this.#statements(body),
    };
  }

  /** The statements between the loads of the locals and the stores of those that they change. */
  withLocals(body: readonly k.Stmt[]): k.Stmt[] {
    const loads: k.Stmt[] = [];
    const stores: k.Stmt[] = [];
    for (const [id, local] of this.#locals) {
      const ref = this.#ref(id);
      loads.push(k.letStmt(local, k.load(ref, k.indexConst(0))));
      if (this.#written.has(id)) stores.push(k.store(ref, k.indexConst(0), k.use(local)));
    }
    return [...loads, ...body, ...stores];
  }

  #statements(commands: readonly k.Command[]): k.Stmt[] {
    return commands.flatMap((command) => this.#command(command));
  }

  #command(command: k.Command): k.Stmt[] {
    switch (command.kind) {
      case "launch":
        return this.#launch(this.program.kernels[command.kernel], command.buffers);
      case "copy":
        return this.#copy(command.from, command.to);
      case "while":
        return [this.whileStmt(command)];
      case "case":
        return this.#branches(command.index, command.branches);
    }
  }

  #launch(kernel: k.Kernel, buffers: readonly number[]): k.Stmt[] {
    const map: StorageMap = new Map(
      kernel.buffers.map((ref, i) => [ref, this.#storage(buffers[i])] as const),
    );
    this.origin.push(...kernel.origin);
    if (kernel.kind === "gemm") return substituteAll(productStatements(kernel), map);
    this.tiles.push(...kernel.tiles);
    const { grid, prologue, body } = kernel;
    const inner = substituteAll(body, map);
    const loop: k.Stmt[] = grid
      ? [
          {
            kind: "for",
            var: grid.var,
            extent: grid.extent,
            mode: grid.simd ? "simd" : "serial",
            body: inner,
          },
        ]
      : inner;
    return [...substituteAll(prologue, map), ...loop];
  }

  #copy(from: number, to: number): k.Stmt[] {
    const [source, target] = [this.#storage(from), this.#storage(to)];
    if (target instanceof k.Local) return [k.assign(target, this.#scalar(from))];
    if (source instanceof k.Local) return [];
    const variable = new k.LoopVar("i");
    const index = k.indexVar(variable);
    const body = [k.store(target, index, k.load(source, index))];
    return [{ kind: "for", var: variable, extent: target.elements, mode: "simd", body }];
  }

  /** Tests one branch after the other; the last one takes every other index. */
  #branches(index: number, branches: readonly (readonly k.Command[])[]): k.Stmt[] {
    const chosen = k.convert(this.#scalar(index), "int32");
    const last = branches.length - 1;
    if (last < 0) return [];
    const from = (i: number): k.Stmt[] => {
      if (i === last) return this.#statements(branches[i]);
      const test = k.compare("EQ", chosen, k.constant("int32", i), "SIGNED");
      const then = this.#statements(branches[i]);
      return [k.ifStmt(test, then, from(i + 1))];
    };
    return from(0);
  }

  #storage(id: number): k.BufferRef | k.Local {
    const { dtype, shape, name } = this.program.buffers[id];
    if (sizeOf(shape) * entriesPerElement(dtype) !== 1) return this.#ref(id);
    const local = this.#locals.get(id) ?? new k.Local(name, realPart(dtype), true);
    this.#locals.set(id, local);
    return local;
  }

  #ref(id: number): k.BufferRef {
    return this.bindings.bind(id, this.#written.has(id) ? "readwrite" : "read");
  }

  #scalar(id: number): k.Expr {
    const storage = this.#storage(id);
    return storage instanceof k.Local ? k.use(storage) : k.load(storage, k.indexConst(0));
  }
}
