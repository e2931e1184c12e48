/**
 * One wasm function of a kernel under construction: where the kernel's variables live, the loops that are open, and
 * the addresses of its buffers.
 */
import { invariant, type kernel as k } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { FunctionBuilder, Local } from "../emit/function-builder.ts";
import { MathEmitter } from "../math/emitter.ts";
import type { ScalarType } from "../scalar/types.ts";
import type { Absorbed } from "./absorbed.ts";
import type { Divisor } from "./invariant-divide.ts";
import type { Vector } from "./vector.ts";

export type Storage = k.BufferRef | k.Tile;

/** Where a kernel's buffers and tiles are, given its table of addresses. */
export interface KernelMemory {
  /** The address of the first byte, as an expression of the table's address and globals. */
  address(f: FunctionBuilder, table: Local, of: Storage): Expr;
}

export interface EmitOptions {
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** Whether functions of many instructions are called, not written out. */
  readonly compact?: boolean;
  /** Exponentials that need not be exact everywhere. */
  readonly absorbed?: ReadonlyMap<k.Expr, Absorbed>;
}

/** What a kernel's local is held in: a wasm local, or vectors of lanes inside a vectorised loop. */
export type Binding =
  | { readonly kind: "scalar"; readonly local: Local }
  | { readonly kind: "vector"; readonly vector: Vector };

/** Code that is being emitted and the addresses that are computed once before it: the body of a loop, or a region. */
export interface Frame {
  /** Statements to stand before the code. */
  readonly before: Expr[];
  /** Variables that get their value inside. */
  readonly defined: Set<k.Local | k.LoopVar>;
  readonly pointers: { readonly of: Storage; readonly index: k.Index; readonly local: Local }[];
  /** The loop, if it is one. */
  readonly loop?: LoopState;
}

/** A loop whose body is being emitted. */
export interface LoopState {
  readonly variable: k.LoopVar;
  readonly counter: Local;
  /** Most times that its body runs, where that is known. */
  readonly trips: number;
  /** Statements to stand first in its body. */
  readonly top: Expr[];
  /** Multiples of the counter by their factor. */
  readonly scaled: Map<number, Local>;
  /** Pointers that move with the counter, by where they start and how fast they are. */
  readonly sums: Map<string, Local>;
  readonly splats: Map<k.Local, Vector>;
  readonly divisors: Divisor[];
}

export class FunctionContext {
  readonly f: FunctionBuilder;
  readonly math: MathEmitter;
  readonly memory: KernelMemory;
  readonly table: Local;
  readonly options: EmitOptions;
  readonly bindings = new Map<k.Local, Binding>();
  readonly vars = new Map<k.LoopVar, Local>();
  /** What is added to the locals of some variables to get their values. */
  readonly offsets = new Map<k.LoopVar, number>();
  readonly frames: Frame[] = [];
  /** The number that all lanes of a register are known to hold, as lanes of a type. */
  readonly constants = new Map<Local, Partial<Record<ScalarType, number | bigint>>>();
  /** The 16-bit floats that a register of rounded numbers was decoded from, as they are stored. */
  readonly halves = new Map<Local, Local>();
  /** What kernel locals that never change are defined as. */
  readonly definitions = new Map<k.Local, k.Expr>();
  readonly #bases = new Map<Storage, Local>();

  constructor(f: FunctionBuilder, table: Local, memory: KernelMemory, options: EmitOptions) {
    this.f = f;
    this.table = table;
    this.memory = memory;
    this.options = options;
    this.math = new MathEmitter(f, { relaxed: options.relaxed });
  }

  /** The address of a buffer or tile, loaded once on entry. */
  base(of: Storage): Local {
    let local = this.#bases.get(of);
    if (local === undefined) {
      local = this.f.hoist(this.f.b.i32, this.memory.address(this.f, this.table, of));
      this.#bases.set(of, local);
    }
    return local;
  }

  get frame(): Frame | undefined {
    return this.frames.at(-1);
  }

  bind(local: k.Local, binding: Binding): void {
    this.bindings.set(local, binding);
    for (const frame of this.frames) frame.defined.add(local);
  }

  binding(local: k.Local): Binding {
    const found = this.bindings.get(local);
    invariant(found !== undefined, () => `local ${local.name} is used before it is defined`);
    return found;
  }

  counter(variable: k.LoopVar): Local {
    const found = this.vars.get(variable);
    invariant(found !== undefined, () => `loop variable ${variable.name} is used outside its loop`);
    return found;
  }

  /** Emits what `fn` pushes into a list of statements that a frame keeps. */
  into(list: Expr[], fn: () => void): void {
    list.push(...this.f.collect(fn));
  }

  /**
   * `for (variable = begin; variable < end; variable += step) body()`. `end` is a local that the body leaves alone, or
   * a constant; `atLeastOnce` saves the first test.
   */
  loop(
    variable: k.LoopVar,
    begin: Expr,
    end: Local | number,
    step: number,
    atLeastOnce: boolean,
    body: () => void,
  ): void {
    const { f } = this;
    const { m, b } = f;
    const counter = f.let(b.i32, begin);
    const loop: LoopState = {
      variable,
      counter,
      trips: typeof end === "number" ? Math.ceil(end / step) : Number.POSITIVE_INFINITY,
      top: [],
      scaled: new Map(),
      sums: new Map(),
      splats: new Map(),
      divisors: [],
    };
    const frame: Frame = { before: [], defined: new Set([variable]), pointers: [], loop };
    for (const outer of this.frames) outer.defined.add(variable);
    this.vars.set(variable, counter);
    this.frames.push(frame);
    const inner = f.block(body);
    this.frames.pop();
    for (const statement of frame.before) f.push(statement);
    const more = (): Expr =>
      m.i32.lt_s(f.get(counter), typeof end === "number" ? m.i32.const(end) : f.get(end));
    const whole = (): void => {
      for (const statement of loop.top) f.push(statement);
      f.push(inner);
      f.set(counter, m.i32.add(f.get(counter), m.i32.const(step)));
    };
    if (atLeastOnce) f.doWhile(whole, more);
    else f.if(more(), () => f.doWhile(whole, more));
  }
}
