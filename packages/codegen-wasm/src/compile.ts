/** From a program in kernel IR to one WebAssembly module: check, then emit, then print. */
import { bytesOfStorage, type kernel as k } from "@fluxion/ir";
import * as abi from "./abi.ts";
import { type Binaryen, type BinaryenModule, binaryenSync } from "./binaryen/load.ts";
import { newModule } from "./binaryen/module.ts";
import { checkProgram } from "./check.ts";
import { type FrameLayout, type FramePlan, planFrame } from "./entry/frame.ts";
import { ProgramEmitter } from "./entry/program.ts";
import { tileBytes } from "./loops/kernel.ts";

export interface CompileProgramOptions {
  /** Whether relaxed SIMD (fused multiply-add, lane select) may be used. */
  readonly relaxed: boolean;
  /** Whether the module imports a shared memory and forks. */
  readonly shared: boolean;
  /** Whether the engine joins pairs of 128-bit operations into 256-bit ones; products are then laid out for it. */
  readonly wide?: boolean;
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
  const perThread = Math.max(0, ...program.kernels.map((kernel) => tileBytes(kernel)));
  const build = <T>(print: (m: BinaryenModule, emitter: ProgramEmitter) => T): T =>
    withModule(b, options, (m) => {
      const emitter = new ProgramEmitter(b, m, program, plan, { ...options, perThread });
      emitter.emit();
      return print(m, emitter);
    });
  const { bytes, sharedBytes } = build((m, emitter) => ({
    bytes: m.emitBinary() as Uint8Array<ArrayBuffer>,
    sharedBytes: emitter.sharedScratchBytes,
  }));
  return {
    bytes,
    frame: plan.layout,
    constants: gatherConstants(program, plan),
    arenaBytes: program.arenaBytes,
    kernels: program.kernels.map(({ name, origin }, i) => ({
      name,
      origin,
      functionName: ProgramEmitter.functionName(name, i),
    })),
    scratchBytes: (threads) => Math.max(sharedBytes, threads * perThread),
    wat: () => build((m) => m.emitText()),
  };
}

function withModule<T>(b: Binaryen, options: CompileProgramOptions, use: (m: BinaryenModule) => T): T {
  const m = newModule(b);
  try {
    m.setMemory(1, abi.MAX_PAGES, null, [], options.shared, false, "0");
    m.addMemoryImport("0", abi.IMPORT_MODULE, abi.IMPORT_MEMORY, options.shared);
    return use(m);
  } finally {
    m.dispose();
  }
}

function gatherConstants(program: k.Program, plan: FramePlan): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(plan.constantBytes);
  for (const { id, placement } of program.buffers)
    if (placement.kind === "constant")
      bytes.set(bytesOfStorage(placement.data), plan.constantOffsets.get(id));
  return bytes;
}
