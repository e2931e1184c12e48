/** Modules compiled for the test device and run on it. */

import type { Literal, Module } from "@fluxion/ir";
import { lowerModule, optimize, wgslTarget } from "@fluxion/passes";
import { type CompiledWgsl, checkModule, compileWgsl, type WgslLimits } from "../src/index.ts";
import { limitsOf, testDevice } from "./gpu.ts";
import { Runner } from "./run.ts";

/** Check, passes, lowering and code generation for an adapter of these limits. */
export function compileModule(module: Module, limits: WgslLimits): CompiledWgsl {
  checkModule(module);
  const target = wgslTarget(limits);
  const compiled = compileWgsl(lowerModule(optimize(module, target), target), limits);
  const most = limits.storageBuffersPerStage;
  const excess = compiled.shaders.find(({ bindings }) => bindings.length > most);
  if (excess !== undefined)
    throw new Error(`${excess.name} binds ${excess.bindings.length} buffers, more than ${most}`);
  return compiled;
}

/** The results of two calls with the same inputs: what the first call leaves in memory must not show in the second. */
export async function runModule(
  module: Module,
  inputs: readonly Literal[],
  limits?: Partial<WgslLimits>,
): Promise<readonly [Literal[], Literal[]]> {
  const device = await testDevice();
  const runner = await Runner.create(device, compileModule(module, { ...limitsOf(device), ...limits }));
  const first = await runner.run(inputs);
  const second = await runner.run(inputs);
  runner.dispose();
  return [first, second];
}
