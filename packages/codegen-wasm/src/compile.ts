/** From a program in kernel IR to one WebAssembly module: check, then emit, then print. */
import { bytesOfStorage, type kernel as k } from "@fluxion/ir";
import * as abi from "./abi.ts";
import { type Binaryen, type BinaryenModule, binaryenSync } from "./binaryen/load.ts";
import { checkProgram } from "./check.ts";
import { emitParallel, THREAD_SLOT } from "./emit/parallel.ts";
import { emitMain, type LaunchCode } from "./entry/commands.ts";
import { type FrameLayout, type FramePlan, planFrame } from "./entry/frame.ts";
import { emitTask } from "./entry/task.ts";
import { emitLoopKernel, type ModuleTarget, tileBytes } from "./loops/kernel.ts";

export interface CompileProgramOptions {
  /** Whether relaxed SIMD (fused multiply-add, lane select) may be used. */
  readonly relaxed: boolean;
  /** Whether the module imports a shared memory and forks. */
  readonly shared: boolean;
}

export interface KernelInfo {
  readonly name: string;
  /** Name of its function in the module's text. */
  readonly functionName: string;
  readonly origin: readonly k.Origin[];
}

export interface CompiledProgram {
  /** The module's binary. Its boundary is described in `abi.ts`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly frame: FrameLayout;
  /** The constants' bytes, to be copied into memory once. */
  readonly constants: Uint8Array<ArrayBuffer>;
  readonly arenaBytes: number;
  readonly kernels: readonly KernelInfo[];
  /** Bytes of scratch memory that a call needs when it runs on so many threads. */
  scratchBytes(threads: number): number;
  /** The module's text. */
  wat(): string;
}

/**
 * Compiles a program. In a page `loadBinaryen()` must have resolved.
 *
 * @throws UnsupportedProgramError if something in it cannot be emitted.
 */
export function compileProgram(program: k.Program, options: CompileProgramOptions): CompiledProgram {
  checkProgram(program);
  const b = binaryenSync();
  const plan = planFrame(program);
  const perThread = Math.max(
    0,
    ...program.kernels.map((kernel) => (kernel.kind === "loops" ? tileBytes(kernel) : 0)),
  );
  const build = <T>(print: (m: BinaryenModule) => T): T =>
    withModule(b, options, (m) => {
      emitProgram(b, m, program, plan, options, perThread);
      return print(m);
    });
  return {
    bytes: build((m) => m.emitBinary() as Uint8Array<ArrayBuffer>),
    frame: plan.layout,
    constants: gatherConstants(program, plan),
    arenaBytes: program.arenaBytes,
    kernels: program.kernels.map(({ name, origin }, i) => ({
      name,
      origin,
      functionName: functionName(name, i),
    })),
    scratchBytes: (threads) => threads * perThread,
    wat: () => build((m) => m.emitText()),
  };
}

const functionName = (name: string, index: number): string => `k${index}.${name}`;

function withModule<T>(b: Binaryen, options: CompileProgramOptions, use: (m: BinaryenModule) => T): T {
  const m = new b.Module();
  try {
    m.setFeatures(b.Features.All);
    m.setMemory(1, abi.MAX_PAGES, null, [], options.shared, false, "0");
    m.addMemoryImport("0", abi.IMPORT_MODULE, abi.IMPORT_MEMORY, options.shared);
    return use(m);
  } finally {
    m.dispose();
  }
}

function emitProgram(
  b: Binaryen,
  m: BinaryenModule,
  program: k.Program,
  plan: FramePlan,
  { relaxed, shared }: CompileProgramOptions,
  perThread: number,
): void {
  const emitted = new Map<number, LaunchCode>();
  const tasks: string[] = [];
  const code = plan.launches.map(({ kernel: index, buffers }) => {
    let known = emitted.get(index);
    if (known === undefined) {
      const target: ModuleTarget = {
        b,
        m,
        options: { relaxed },
        scratch: (f, table) => {
          const base = m.i32.load(4 * buffers.length, 4, f.get(table));
          if (!shared) return base;
          return m.i32.add(base, m.i32.mul(m.global.get(THREAD_SLOT, b.i32), m.i32.const(perThread)));
        },
      };
      known = emitKernel(target, program.kernels[index], index, tasks);
      emitted.set(index, known);
    }
    return known;
  });
  emitTask(b, m, tasks);
  emitParallel(b, m, { shared });
  emitMain({ b, m, options: { relaxed }, scratch: () => 0 }, program, plan, code);
}

function emitKernel(target: ModuleTarget, kernel: k.Kernel, index: number, tasks: string[]): LaunchCode {
  const name = functionName(kernel.name, index);
  if (kernel.kind === "gemm") throw new Error("gemm kernels are not emitted yet");
  const emitted = emitLoopKernel(target, kernel, name);
  return { kind: "loops", emitted, task: tasks.push(emitted.functionName) - 1 };
}

function gatherConstants(program: k.Program, plan: FramePlan): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(plan.constantBytes);
  for (const { id, placement } of program.buffers)
    if (placement.kind === "constant")
      bytes.set(bytesOfStorage(placement.data), plan.constantOffsets.get(id));
  return bytes;
}
