/** From a tensor module to shaders: the passes in order, each stage reported. */

import {
  type CompiledWgsl,
  compileWgsl,
  type Shader,
  UnsupportedOnWebGpuError,
  type WgslLimits,
} from "@fluxion/codegen-wgsl";
import { formatLocation, kernel, type Module, printModule } from "@fluxion/ir";
import { lowerModule, optimize, printFusion, tensorPasses, wgslTarget } from "@fluxion/passes";
import { reportStage } from "../observer.ts";
import { printWgsl } from "./print-wgsl.ts";

export interface GpuSettings {
  readonly name: string;
  readonly donated: readonly number[];
  /** Names of tensor passes to leave out. */
  readonly without: readonly string[];
}

/** Names of the stages whose text can be seen, in order. */
export const gpuStages: readonly string[] = [
  "traced",
  ...tensorPasses.map(({ name }) => name),
  "fused",
  "kernels",
  "wgsl",
];

type Report = (stage: string, milliseconds: number, text: () => string) => void;

/** @throws UnsupportedOnWebGpuError if a kernel binds more buffers than the adapter allows */
export function compileForGpu(
  module: Module,
  { name, without, donated }: GpuSettings,
  limits: WgslLimits,
  report: Report = (...stage) => reportStage(name, ...stage),
): CompiledWgsl {
  const timed = <T>(stage: string, run: () => T, text: (value: T) => string): T => {
    const start = performance.now();
    const value = run();
    report(stage, performance.now() - start, () => text(value));
    return value;
  };
  const target = wgslTarget(limits);
  const optimized = optimize(module, target, {
    without,
    onStage: (stage, current, milliseconds) => report(stage, milliseconds, () => printModule(current)),
  });
  const lower = (): kernel.Program =>
    lowerModule(optimized, target, {
      donated,
      onFusion: (block, fusion) => report("fused", 0, () => printFusion(block, fusion)),
    });
  const program = timed("kernels", lower, (value) => kernel.printProgram(value));
  const compiled = timed("wgsl", () => compileWgsl(program, limits), printWgsl);
  for (const shader of compiled.shaders) checkBindings(shader, name, limits);
  return { ...compiled, name };
}

function checkBindings({ bindings, origin, name }: Shader, program: string, limits: WgslLimits): void {
  const most = limits.storageBuffersPerStage;
  if (bindings.length <= most) return;
  const [first] = origin;
  const op = first === undefined ? name : first.opcode;
  const where = first?.location === undefined ? "" : ` at ${formatLocation(first.location)}`;
  throw new UnsupportedOnWebGpuError(
    `${op}${where} in ${program} reads and writes ${bindings.length} arrays at once; this WebGPU adapter binds at most ${most}. ` +
      "Do it in several steps, or run the function on the CPU device",
  );
}

/**
 * The text of one stage.
 * @throws Error if there is no such stage; the text lists those that exist.
 */
export function gpuStageText(
  module: Module,
  stage: string,
  settings: GpuSettings,
  limits: WgslLimits,
): string {
  if (!gpuStages.includes(stage))
    throw new Error(`unknown stage ${stage}; the stages are: ${gpuStages.join(", ")}`);
  const texts: string[] = [];
  compileForGpu(module, settings, limits, (name, _, text) => {
    if (name === stage) texts.push(text());
  });
  return texts.join("\n");
}
