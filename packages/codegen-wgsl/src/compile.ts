/** From a program of the kernel IR to shaders and the commands that dispatch them. */

import type { kernel as k } from "@fluxion/ir";
import { flatShader, type Written } from "./emit/flat.ts";
import { teamShader } from "./emit/group.ts";
import type { Launch } from "./emit/shader.ts";
import { directProduct } from "./gemm/direct.ts";
import { asReduction, gemmPlan } from "./gemm/plan.ts";
import { subgroupProduct } from "./gemm/subgroup.ts";
import { tiledProduct } from "./gemm/tiled.ts";
import { mappingOf } from "./plan/mapping.ts";
import type { CompiledWgsl, GpuBuffer, GpuCommand, Shader, WgslLimits } from "./types.ts";

/**
 * Compiles a program that was lowered for these limits.
 *
 * @throws {InternalError} if the program has 64-bit elements (`checkModule` refuses them with a message for the user)
 */
export function compileWgsl(program: k.Program, limits: WgslLimits): CompiledWgsl {
  const compiler = new Compiler(program, limits);
  const commands = program.commands.map((command) => compiler.command(command));
  return {
    name: program.name,
    shaders: compiler.shaders,
    commands,
    buffers: program.buffers.map(gpuBuffer),
    parameters: program.parameters,
    results: program.results,
    donations: program.donations,
  };
}

function gpuBuffer({ id, name, dtype, shape, bytes, placement }: k.ProgramBuffer): GpuBuffer {
  return {
    id,
    name,
    dtype,
    shape,
    bytes: Math.max(16, Math.ceil(bytes / 16) * 16),
    placement: placement.kind === "arena" ? { kind: "temporary" } : placement,
  };
}

class Compiler {
  readonly program: k.Program;
  readonly limits: WgslLimits;
  readonly shaders: Shader[] = [];
  /** Result → the donated parameter that it is written over. A shader cannot bind one buffer twice if it writes it. */
  readonly #over: ReadonlyMap<number, number>;

  constructor(program: k.Program, limits: WgslLimits) {
    const { donations, results, parameters } = program;
    this.program = program;
    this.limits = limits;
    this.#over = new Map(
      donations.map(({ result, parameter }) => [results[result], parameters[parameter]] as const),
    );
  }

  #place = (id: number): number => this.#over.get(id) ?? id;

  command(command: k.Command): GpuCommand {
    switch (command.kind) {
      case "launch":
        return this.#launch({
          kernel: this.program.kernels[command.kernel],
          buffers: command.buffers.map(this.#place),
          float16: this.limits.float16,
        });
      case "copy":
        return { ...command, from: this.#place(command.from), to: this.#place(command.to) };
      case "while":
        return {
          ...command,
          condition: this.#all(command.condition),
          predicate: this.#place(command.predicate),
          body: this.#all(command.body),
        };
      case "case":
        return {
          ...command,
          index: this.#place(command.index),
          branches: command.branches.map((branch) => this.#all(branch)),
        };
    }
  }

  #all(commands: readonly k.Command[]): GpuCommand[] {
    return commands.map((command) => this.command(command));
  }

  #launch(launch: Launch): GpuCommand {
    const { buffers, ...shader } = this.#shader(launch);
    this.shaders.push(shader);
    return { kind: "dispatch", shader: this.shaders.length - 1, buffers };
  }

  #shader(launch: Launch): Written {
    const { kernel } = launch;
    const { limits } = this;
    if (kernel.kind === "loops") return loopShader(launch, kernel, limits);
    const plan = gemmPlan(kernel, limits);
    if (plan.kind === "tiled") return tiledProduct(launch, limits);
    if (plan.kind === "subgroup") return subgroupProduct(launch, plan, limits);
    if (plan.kind === "direct") return directProduct(launch, plan, limits);
    const reduction = asReduction(kernel);
    return loopShader({ ...launch, kernel: reduction }, reduction, limits);
  }
}

function loopShader(launch: Launch, kernel: k.LoopKernel, limits: WgslLimits): Written {
  const mapping = mappingOf(kernel, limits);
  return mapping.kind === "flat" ? flatShader(launch, mapping, limits) : teamShader(launch, mapping, limits);
}
