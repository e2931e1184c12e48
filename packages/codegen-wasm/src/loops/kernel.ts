/**
 * A loop kernel as wasm functions. `name(table, begin, end)` runs parallel iterations: it does the prologue and then
 * calls a small function for each piece of work, because the engine replaces a function by its optimised code only at
 * the next call. What the pieces read of the prologue's results they get as parameters.
 */
import { kernel as k } from "@fluxion/ir";
import type { Binaryen, BinaryenModule } from "../binaryen/load.ts";
import { FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { bytesOf, wasmTypeOf } from "../scalar/types.ts";
import { absorbedExponentials } from "./absorbed.ts";
import { type EmitOptions, FunctionContext, type KernelMemory, type Storage } from "./function-context.ts";
import { loopLanes } from "./lane-count.ts";
import { outlineLoop } from "./outline.ts";
import { emitReduce, emitVectorReduce } from "./reduce.ts";
import { type LoopEmitters, ScalarContext } from "./scalar-context.ts";
import { emitSimdLoop, emitTail } from "./simd-loop.ts";
import { VectorContext } from "./vector-context.ts";
import { dearOps, workOf } from "./work.ts";

export interface ModuleTarget {
  readonly b: Binaryen;
  readonly m: BinaryenModule;
  readonly options: EmitOptions;
  /** Emits the address of this thread's scratch memory. */
  scratch(f: FunctionBuilder, table: Local): number;
}

/** A kernel as the launcher sees it: a function (table, begin, end) → () over [0, extent). */
export interface EmittedKernel {
  readonly functionName: string;
  readonly extent: number;
  readonly grain: number;
}

export const emitters: LoopEmitters = {
  simd: (scalar, stmt) => emitSimdLoop(scalar, stmt, emitVectorReduce),
  reduce: emitReduce,
};

/** Elements of work that one call of a piece should do, at least. */
const PIECE_WORK = 2048;
/** Functions such as sine that a kernel has copies of; where there are more, it calls them. */
const INLINE_OPS = 32;

/** Bytes of scratch memory that a kernel's tiles take, for each thread. */
export function tileBytes(kernel: k.Kernel): number {
  if (kernel.kind === "gemm") return 0;
  return kernel.tiles.reduce((sum, tile) => sum + roundUp(tile.elements * bytesOf(tile.dtype)), 0);
}

/** Tiles start on cache lines of their own. */
const roundUp = (bytes: number): number => Math.ceil(bytes / 64) * 64;

export function kernelMemory(target: ModuleTarget, kernel: k.Kernel): KernelMemory {
  const tiles = new Map<Storage, number>();
  let offset = 0;
  if (kernel.kind === "loops")
    for (const tile of kernel.tiles) {
      tiles.set(tile, offset);
      offset += roundUp(tile.elements * bytesOf(tile.dtype));
    }
  return {
    address: (f, table, of) => {
      const at = tiles.get(of);
      if (at !== undefined) return f.m.i32.add(target.scratch(f, table), f.m.i32.const(at));
      const slot = kernel.buffers.indexOf(of as k.BufferRef);
      if (slot < 0) throw new Error(`kernel ${kernel.name} uses ${of.name}, which it does not declare`);
      return f.m.i32.load(4 * slot, 4, f.get(table));
    },
  };
}

export function emitLoopKernel(target: ModuleTarget, kernel: k.LoopKernel, name: string): EmittedKernel {
  return new KernelEmitter(target, kernel, name).emit();
}

class KernelEmitter {
  readonly #target: ModuleTarget;
  readonly #kernel: k.LoopKernel;
  readonly #name: string;
  readonly #memory: KernelMemory;
  /** Locals of the prologue that the body reads. */
  readonly #captured: readonly k.Local[];

  constructor(target: ModuleTarget, kernel: k.LoopKernel, name: string) {
    const compact = dearOps(kernel.body) > INLINE_OPS;
    const absorbed = absorbedExponentials([...kernel.prologue, ...kernel.body]);
    this.#target = { ...target, options: { ...target.options, compact, absorbed } };
    this.#kernel = kernel;
    this.#name = name;
    this.#memory = kernelMemory(target, kernel);
    this.#captured = [...k.freeVariables(kernel.body).locals];
  }

  emit(): EmittedKernel {
    const { grid } = this.#kernel;
    if (grid === undefined) return this.#single();
    const variance = new k.Variance(grid.var, this.#kernel.body);
    return grid.simd && k.canVectorise(this.#kernel.body, variance)
      ? this.#flat(grid, variance)
      : this.#pieces(grid);
  }

  /** No grid: everything once. */
  #single(): EmittedKernel {
    let count = 0;
    const outline = (context: ScalarContext, stmt: k.Stmt): boolean =>
      outlineLoop(context, stmt, `${this.#name}.loop${count++}`);
    const { fc, f } = this.#open(2, []);
    const scalar = new ScalarContext(fc, { ...emitters, outline });
    scalar.run(this.#kernel.prologue);
    scalar.run(this.#kernel.body);
    f.finish(this.#name);
    return { functionName: this.#name, extent: 1, grain: 1 };
  }

  /** Vectors over the grid itself, in blocks of a fixed number of iterations. */
  #flat(grid: k.Grid, variance: k.Variance): EmittedKernel {
    const { body } = this.#kernel;
    const { extent } = grid;
    const alignment = loopLanes(body, variance, extent);
    const block = Math.max(alignment, Math.floor(PIECE_WORK / alignment) * alignment);
    const whole = extent - (extent % alignment);
    const loop = { variance, alignment, reduce: emitVectorReduce };
    if (whole > 0) {
      const { scalar, f, fc } = this.#open(2, this.#captured);
      fc.loop(grid.var, f.get(f.param(1)), f.param(2), alignment, true, () =>
        new VectorContext(scalar, { ...loop, lanes: alignment }).run(body),
      );
      f.finish(`${this.#name}.block`);
    }
    if (extent > whole) {
      const { scalar, f } = this.#open(0, this.#captured);
      emitTail(scalar, grid.var, body, { ...loop, lanes: extent - whole }, whole);
      f.finish(`${this.#name}.tail`);
    }
    this.#flatDriver(whole, block, extent);
    const grain = Math.max(1, Math.ceil(grid.grain / block));
    return { functionName: this.#name, extent: Math.ceil(extent / block), grain };
  }

  #flatDriver(whole: number, block: number, extent: number): void {
    const { scalar, f } = this.#open(2, []);
    const { i32 } = f.m;
    scalar.run(this.#kernel.prologue);
    const blocks = Math.ceil(extent / block);
    if (whole > 0) {
      f.forRange(f.get(f.param(1)), f.param(2), 1, (index) => {
        const begin = f.let(f.b.i32, i32.mul(f.get(index), i32.const(block)));
        const end = f.let(f.b.i32, i32.add(f.get(begin), i32.const(block)));
        const isLast = i32.gt_s(f.get(end), i32.const(whole));
        f.set(end, f.m.select(isLast, i32.const(whole), f.get(end)));
        const call = (): void => this.#call(scalar, `${this.#name}.block`, [f.get(begin), f.get(end)]);
        if (whole > (blocks - 1) * block) call();
        else f.if(i32.lt_s(f.get(begin), f.get(end)), call);
      });
    }
    if (extent > whole) {
      f.if(i32.eq(f.get(f.param(2)), i32.const(blocks)), () => this.#call(scalar, `${this.#name}.tail`, []));
    }
    f.finish(this.#name);
  }

  /** Scalar grid iterations, a few in each call where one is little work. */
  #pieces(grid: k.Grid): EmittedKernel {
    const { body } = this.#kernel;
    const each = Math.max(1, Math.min(grid.extent, Math.floor(PIECE_WORK / workOf(body))));
    const inner = this.#open(2, this.#captured);
    inner.fc.loop(grid.var, inner.f.get(inner.f.param(1)), inner.f.param(2), 1, true, () =>
      inner.scalar.run(body),
    );
    inner.f.finish(`${this.#name}.piece`);
    const { scalar, f } = this.#open(2, []);
    const { i32 } = f.m;
    scalar.run(this.#kernel.prologue);
    f.forRange(f.get(f.param(1)), f.param(2), each, (begin) => {
      const end = f.let(f.b.i32, i32.add(f.get(begin), i32.const(each)));
      const isLast = i32.gt_s(f.get(end), f.get(f.param(2)));
      f.set(end, f.m.select(isLast, f.get(f.param(2)), f.get(end)));
      this.#call(scalar, `${this.#name}.piece`, [f.get(begin), f.get(end)]);
    });
    f.finish(this.#name);
    return { functionName: this.#name, extent: grid.extent, grain: Math.max(1, grid.grain) };
  }

  /** A new function (table, … i32 parameters, … captured locals). */
  #open(
    integers: number,
    captured: readonly k.Local[],
  ): { fc: FunctionContext; f: FunctionBuilder; scalar: ScalarContext } {
    const { b, m, options } = this.#target;
    const types = captured.map((local) => wasmTypeOf(b, local.dtype));
    const f = new FunctionBuilder(
      b,
      m,
      [b.i32, ...new Array<number>(integers).fill(b.i32), ...types],
      b.none,
    );
    const fc = new FunctionContext(f, f.param(0), this.#memory, options);
    captured.forEach((local, i) => {
      fc.bind(local, { kind: "scalar", local: f.param(1 + integers + i) });
    });
    return { fc, f, scalar: new ScalarContext(fc, emitters) };
  }

  #call({ fc }: ScalarContext, functionName: string, integers: readonly number[]): void {
    const { f } = fc;
    const captured = this.#captured.map((local) => {
      const binding = fc.binding(local);
      if (binding.kind === "vector") throw new Error(`${local.name} is a vector in the prologue`);
      return f.get(binding.local);
    });
    f.push(f.m.call(functionName, [f.get(f.param(0)), ...integers, ...captured], f.b.none));
  }
}
