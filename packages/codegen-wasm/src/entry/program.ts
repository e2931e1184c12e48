/** Emits everything that a program's module holds: its kernels, the dispatch of tasks, fork and join, the entry. */
import type { kernel as k } from "@fluxion/ir";
import type { Binaryen, BinaryenModule } from "../binaryen/load.ts";
import { emitParallel, THREAD_SLOT } from "../emit/parallel.ts";
import { emitGemm, planGemm } from "../gemm/index.ts";
import { gemmSpec } from "../loops/gemm-kernel.ts";
import { emitLoopKernel, emitters, kernelMemory, type ModuleTarget } from "../loops/kernel.ts";
import { callTask, emitMain, type LaunchCode } from "./commands.ts";
import type { FramePlan } from "./frame.ts";
import { emitTask } from "./task.ts";

export interface ProgramOptions {
  readonly relaxed: boolean;
  readonly shared: boolean;
  readonly wide?: boolean;
  /** Bytes of scratch memory that each thread has for tiles. */
  readonly perThread: number;
}

export class ProgramEmitter {
  readonly #b: Binaryen;
  readonly #m: BinaryenModule;
  readonly #program: k.Program;
  readonly #plan: FramePlan;
  readonly #options: ProgramOptions;
  /** Functions (table, begin, end) that threads may be asked to run, by task number. */
  readonly #tasks: string[] = [];
  #sharedScratchBytes = 0;

  constructor(b: Binaryen, m: BinaryenModule, program: k.Program, plan: FramePlan, options: ProgramOptions) {
    this.#b = b;
    this.#m = m;
    this.#program = program;
    this.#plan = plan;
    this.#options = options;
  }

  /** Name of a kernel's function in the module. */
  static functionName(kernelName: string, index: number): string {
    return `k${index}.${kernelName}`;
  }

  /** Bytes of scratch memory that all threads of one kernel share; known once the program is emitted. */
  get sharedScratchBytes(): number {
    return this.#sharedScratchBytes;
  }

  emit(): void {
    const emitted = new Map<number, LaunchCode>();
    const code = this.#plan.launches.map(({ kernel }) => {
      const known = emitted.get(kernel) ?? this.#kernel(kernel);
      emitted.set(kernel, known);
      return known;
    });
    emitTask(this.#b, this.#m, this.#tasks);
    emitParallel(this.#b, this.#m, { shared: this.#options.shared });
    emitMain(this.#b, this.#m, this.#program, this.#plan, code);
  }

  #kernel(index: number): LaunchCode {
    const kernel = this.#program.kernels[index];
    const name = ProgramEmitter.functionName(kernel.name, index);
    if (kernel.kind === "gemm") return this.#gemm(kernel, name);
    const emitted = emitLoopKernel(this.#target(kernel), kernel, name);
    return { kind: "loops", emitted, task: this.#addTask(emitted.functionName) };
  }

  #gemm(kernel: k.GemmKernel, name: string): LaunchCode {
    const [b, m] = [this.#b, this.#m];
    const { relaxed, wide = false } = this.#options;
    const target = this.#target(kernel);
    const spec = gemmSpec(kernel, kernelMemory(target, kernel), { relaxed }, emitters);
    const plan = planGemm(spec, { relaxed, wide });
    this.#sharedScratchBytes = Math.max(this.#sharedScratchBytes, plan.scratchBytes);
    const functionName = emitGemm(
      {
        b,
        m,
        name,
        relaxed,
        wide,
        scratch: (f, table) => m.i32.load(4 * kernel.buffers.length, 4, f.get(table)),
        addTask: (task) => this.#addTask(task),
        parallel: (f, task, table, extent, grain) =>
          callTask(b, m, { functionName: this.#tasks[task], task, extent, grain }, f.get(table)),
      },
      plan,
    );
    return { kind: "whole", functionName };
  }

  #addTask(functionName: string): number {
    return this.#tasks.push(functionName) - 1;
  }

  #target({ buffers }: k.Kernel): ModuleTarget {
    const [b, m] = [this.#b, this.#m];
    const { relaxed, shared, perThread } = this.#options;
    return {
      b,
      m,
      options: { relaxed },
      // The scratch memory's address follows the buffers' in a launch table; each thread has a part of it.
      scratch: (f, table) => {
        const base = m.i32.load(4 * buffers.length, 4, f.get(table));
        if (!shared) return base;
        return m.i32.add(base, m.i32.mul(m.global.get(THREAD_SLOT, b.i32), m.i32.const(perThread)));
      },
    };
  }
}
