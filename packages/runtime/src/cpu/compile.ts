/** From a tensor module to a wasm module: the passes in order, each stage reported. */

import { type CompiledProgram, compileProgram, loadBinaryen } from "@fluxion/codegen-wasm";
import { kernel, type Module, printModule } from "@fluxion/ir";
import { lowerModule, optimize, printFusion, tensorPasses, wasmTarget } from "@fluxion/passes";
import { reportStage } from "../observer.ts";

export interface Compilation {
  readonly program: kernel.Program;
  readonly compiled: CompiledProgram;
  readonly wasm: WebAssembly.Module;
}

export interface CompilationSettings {
  readonly name: string;
  readonly donated: readonly number[];
  readonly threads: number;
  readonly shared: boolean;
  readonly wide: boolean;
  readonly relaxed: boolean;
  /** Names of tensor passes to leave out. */
  readonly without: readonly string[];
}

/** Names of the stages whose text can be seen, in order. */
export const cpuStages: readonly string[] = [
  "traced",
  ...tensorPasses.map(({ name }) => name),
  "fused",
  "kernels",
  "wat",
];

/** Loads the code generator. In a page it must have resolved before anything is compiled. */
export async function loadCodeGenerator(): Promise<void> {
  await loadBinaryen();
}

export function compileModule(module: Module, settings: CompilationSettings): Compilation {
  const { name } = settings;
  const timed = <T>(stage: string, run: () => T, text: (value: T) => string): T => {
    const start = performance.now();
    const value = run();
    reportStage(name, stage, performance.now() - start, () => text(value));
    return value;
  };
  const optimized = optimize(module, wasmTarget(settings.threads), {
    without: settings.without,
    onStage: (stage, current, milliseconds) =>
      reportStage(name, stage, milliseconds, () => printModule(current)),
  });
  const program = timed(
    "kernels",
    () => lowerWithDump(optimized, settings),
    (value) => kernel.printProgram(value),
  );
  const compiled = timed(
    "wat",
    () => compileProgram(program, settings),
    (value) => value.wat(),
  );
  return { program, compiled, wasm: new WebAssembly.Module(compiled.bytes) };
}

function lowerWithDump(module: Module, { name, threads, donated }: CompilationSettings): kernel.Program {
  return lowerModule(module, wasmTarget(threads), {
    donated,
    onFusion: (block, fusion) => reportStage(name, "fused", 0, () => printFusion(block, fusion)),
  });
}

/**
 * The text of one stage.
 * @throws Error if there is no such stage; the text lists those that exist.
 */
export function stageText(module: Module, stage: string, settings: CompilationSettings): string {
  if (stage === "traced" || stage === "stablehlo") return printModule(module);
  const names = tensorPasses.map((pass) => pass.name);
  const texts: string[] = [];
  const optimized = optimize(module, wasmTarget(settings.threads), {
    without: settings.without,
    onStage: (name, current) => {
      if (name === stage) texts.push(printModule(current));
    },
  });
  if (names.includes(stage)) return texts.join("\n");
  const program = lowerModule(optimized, wasmTarget(settings.threads), {
    donated: settings.donated,
    onFusion: (block, fusion) => {
      if (stage === "fused") texts.push(printFusion(block, fusion));
    },
  });
  if (stage === "fused") return texts.join("\n");
  if (stage === "kernels") return kernel.printProgram(program);
  if (stage !== "wat") throw new Error(`unknown stage ${stage}; the stages are: ${cpuStages.join(", ")}`);
  return compileProgram(program, settings).wat();
}
