/**
 * The kernel IR run directly, one scalar at a time: what a program means, without a device. Lowering is tested against
 * the tensor interpreter with it.
 */

import { allocateStorage, entriesPerElement, type Literal, literal, type TypedArray } from "../literal.ts";
import { sizeOf } from "../tensor-type.ts";
import type { Index, LoopVar } from "./index-expr.ts";
import { type Evaluator, type Memory, makeEvaluator, type Scalar, writeEntry } from "./interpret-expr.ts";
import type {
  BufferRef,
  Combine,
  Command,
  Expr,
  GemmKernel,
  Kernel,
  Local,
  LoopKernel,
  Program,
  ReduceStmt,
  Stmt,
  Tile,
} from "./types.ts";

/** Values of loop variables and locals, and the memory that kernels see. */
class Frame implements Memory {
  readonly vars = new Map<LoopVar, number>();
  readonly locals = new Map<Local, Scalar>();
  readonly arrays = new Map<BufferRef | Tile, TypedArray>();
}

/** Runs a program on argument literals and returns its results. */
export function runProgram(program: Program, args: readonly Literal[]): Literal[] {
  const arena = new ArrayBuffer(program.arenaBytes + 64);
  const storage = program.buffers.map(({ placement, dtype, shape }): TypedArray => {
    const entries = sizeOf(shape) * entriesPerElement(dtype);
    const own = allocateStorage(dtype, sizeOf(shape));
    if (placement.kind === "parameter") return spread(args[placement.index], own);
    if (placement.kind === "constant") return placement.data;
    if (placement.kind === "result") return own;
    // A temporary that no command touches, because another buffer took its place, has no room in the arena.
    if (placement.offset + own.byteLength > program.arenaBytes) return own;
    const Ctor = own.constructor as new (b: ArrayBuffer, offset: number, length: number) => TypedArray;
    return new Ctor(arena, placement.offset, entries);
  });
  new Machine(program, storage).commands(program.commands);
  return program.results.map((id) => {
    const { dtype, shape } = program.buffers[id];
    return literal(dtype, shape, storage[id].slice());
  });
}

function spread(value: Literal, into: TypedArray): TypedArray {
  for (let i = 0; i < into.length; i++) into[i] = value.data[i % value.data.length];
  return into;
}

class Machine {
  readonly program: Program;
  readonly storage: readonly TypedArray[];

  constructor(program: Program, storage: readonly TypedArray[]) {
    this.program = program;
    this.storage = storage;
  }

  commands(list: readonly Command[]): void {
    for (const command of list) this.#command(command);
  }

  #command(command: Command): void {
    switch (command.kind) {
      case "launch":
        runKernel(
          this.program.kernels[command.kernel],
          command.buffers.map((id) => this.storage[id]),
        );
        return;
      case "copy":
        bytes(this.storage[command.to]).set(bytes(this.storage[command.from]));
        return;
      case "case": {
        const index = Number(this.storage[command.index][0]);
        const inRange = index >= 0 && index < command.branches.length;
        this.commands(command.branches[inRange ? index : command.branches.length - 1]);
        return;
      }
      case "while":
        for (
          this.commands(command.condition);
          this.storage[command.predicate][0];
          this.commands(command.condition)
        ) {
          this.commands(command.body);
        }
    }
  }
}

const bytes = (array: TypedArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function runKernel(kernel: Kernel, storage: readonly TypedArray[]): void {
  const frame = new Frame();
  kernel.buffers.forEach((ref, i) => {
    frame.arrays.set(ref, storage[i]);
  });
  const runner = new StatementRunner(frame);
  if (kernel.kind === "loops") runLoops(kernel, frame, runner);
  else runGemm(kernel, frame, runner);
}

function runLoops(kernel: LoopKernel, frame: Frame, runner: StatementRunner): void {
  for (const tile of kernel.tiles) frame.arrays.set(tile, allocateStorage(tile.dtype, tile.elements));
  runner.run(kernel.prologue);
  if (kernel.grid === undefined) {
    runner.run(kernel.body);
    return;
  }
  for (let i = 0; i < kernel.grid.extent; i++) {
    frame.vars.set(kernel.grid.var, i);
    runner.run(kernel.body);
  }
}

function runGemm(kernel: GemmKernel, frame: Frame, runner: StatementRunner): void {
  const lhs = runner.evaluator(kernel.lhs);
  const rhs = runner.evaluator(kernel.rhs);
  const wide = kernel.accumulate === "int64" || kernel.accumulate === "uint64";
  const add = runner.binary("add", kernel.accumulate);
  const multiply = runner.binary("multiply", kernel.accumulate);
  const loops = [...kernel.batch, kernel.m, kernel.n];
  const visit = (depth: number): void => {
    if (depth < loops.length) {
      for (let i = 0; i < loops[depth].extent; i++) {
        frame.vars.set(loops[depth].var, i);
        visit(depth + 1);
      }
      return;
    }
    let sum: Scalar = wide ? 0n : 0;
    for (let i = 0; i < kernel.k.extent; i++) {
      frame.vars.set(kernel.k.var, i);
      sum = add(sum, multiply(lhs(), rhs()));
    }
    frame.locals.set(kernel.sum, sum);
    runner.run(kernel.epilogue);
  };
  visit(0);
}

class StatementRunner {
  readonly frame: Frame;
  readonly #evaluators = new Map<Expr, () => Scalar>();
  readonly #make: Evaluator;

  constructor(frame: Frame) {
    this.frame = frame;
    this.#make = makeEvaluator(frame);
  }

  evaluator(expr: Expr): () => Scalar {
    const known = this.#evaluators.get(expr);
    if (known !== undefined) return known;
    const made = this.#make.expr(expr);
    this.#evaluators.set(expr, made);
    return made;
  }

  binary(opcode: "add" | "multiply", dtype: Expr["dtype"]): (a: Scalar, b: Scalar) => Scalar {
    return this.#make.scalar(opcode, dtype, [dtype, dtype]);
  }

  index(index: Index): number {
    return this.#make.index(index)();
  }

  run(list: readonly Stmt[]): void {
    for (const stmt of list) this.#statement(stmt);
  }

  #statement(stmt: Stmt): void {
    switch (stmt.kind) {
      case "let":
      case "assign":
        this.frame.locals.set(stmt.local, this.evaluator(stmt.value)());
        return;
      case "store":
        writeEntry(this.frame.arrays, stmt.to, this.index(stmt.index), this.evaluator(stmt.value)());
        return;
      case "for":
        for (let i = 0; i < stmt.extent; i++) {
          this.frame.vars.set(stmt.var, i);
          this.run(stmt.body);
        }
        return;
      case "reduce":
        this.#reduce(stmt);
        return;
      case "if":
        this.run(this.evaluator(stmt.condition)() ? stmt.then : stmt.else);
        return;
      case "while":
        for (this.run(stmt.before); this.evaluator(stmt.condition)(); this.run(stmt.before))
          this.run(stmt.body);
    }
  }

  #reduce(stmt: ReduceStmt): void {
    let sums = stmt.init.map((expr) => this.evaluator(expr)());
    const visit = (depth: number): void => {
      if (depth < stmt.loops.length) {
        for (let i = 0; i < stmt.loops[depth].extent; i++) {
          this.frame.vars.set(stmt.loops[depth].var, i);
          visit(depth + 1);
        }
        return;
      }
      this.run(stmt.body);
      sums = this.#combine(
        stmt.combine,
        sums,
        stmt.elements.map((expr) => this.evaluator(expr)()),
      );
    };
    visit(0);
    stmt.accumulators.forEach((local, i) => {
      this.frame.locals.set(local, sums[i]);
    });
  }

  #combine({ lhs, rhs, body, results }: Combine, a: readonly Scalar[], b: readonly Scalar[]): Scalar[] {
    lhs.forEach((local, i) => {
      this.frame.locals.set(local, a[i]);
    });
    rhs.forEach((local, i) => {
      this.frame.locals.set(local, b[i]);
    });
    this.run(body);
    return results.map((expr) => this.evaluator(expr)());
  }
}
