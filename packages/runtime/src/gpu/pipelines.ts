/** Compute pipelines of an open device, one for each text of a shader. They compile in parallel, off the main thread. */

import type { Shader } from "@fluxion/codegen-wgsl";
import { formatLocation } from "@fluxion/ir";
import { WebGpuError } from "./errors.ts";
import { stageCompute } from "./flags.ts";
import { waitFor } from "./polling.ts";

/** A pipeline, once it is compiled, and how its buffers are bound. */
export interface Pipeline {
  readonly layout: GPUBindGroupLayout;
  compiled: GPUComputePipeline | undefined;
  /** Resolves when `compiled` is there. @throws WebGpuError if the shader is not valid */
  readonly ready: Promise<void>;
}

export class PipelineCache {
  readonly #device: GPUDevice;
  /** Weakly: a pipeline lives as long as a program that has it. */
  readonly #pipelines = new Map<string, WeakRef<Pipeline>>();
  readonly #dropped = new FinalizationRegistry<string>((code) => {
    if (this.#pipelines.get(code)?.deref() === undefined) this.#pipelines.delete(code);
  });
  readonly #layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(shader: Shader): Pipeline {
    const known = this.#pipelines.get(shader.code)?.deref();
    if (known !== undefined) return known;
    const made = this.#compile(shader);
    this.#pipelines.set(shader.code, new WeakRef(made));
    this.#dropped.register(made, shader.code);
    return made;
  }

  #compile(shader: Shader): Pipeline {
    const { code, entryPoint } = shader;
    const layout = this.#layoutOf(shader);
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code });
    this.#device.popErrorScope().catch(() => {}); // the pipeline tells
    const compute = { module, entryPoint };
    const compiling = waitFor(this.#device.createComputePipelineAsync({ layout: layout.pipeline, compute }));
    const ready = compiling.then(
      (compiled) => {
        pipeline.compiled = compiled;
      },
      async (error: unknown) => {
        throw await describeFailure(shader, module, error);
      },
    );
    ready.catch(() => {}); // whoever uses the pipeline asks
    const pipeline: Pipeline = { layout: layout.group, compiled: undefined, ready };
    return pipeline;
  }

  #layoutOf({ bindings }: Shader): { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const key = bindings.map(({ access }) => (access === "read" ? "r" : "w")).join("");
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const group = this.#device.createBindGroupLayout({
      entries: bindings.map(({ access }, binding) => ({
        binding,
        visibility: stageCompute,
        buffer: { type: access === "read" ? "read-only-storage" : "storage" },
      })),
    });
    const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [group] });
    const layout = { group, pipeline };
    this.#layouts.set(key, layout);
    return layout;
  }
}

async function describeFailure(
  { name, origin, code }: Shader,
  module: GPUShaderModule,
  error: unknown,
): Promise<WebGpuError> {
  const ops = origin.map(({ opcode, location }) =>
    location === undefined ? opcode : `${opcode} at ${formatLocation(location)}`,
  );
  const { messages } = await module.getCompilationInfo().catch(() => ({ messages: [] }));
  const lines = code.split("\n");
  const found = messages
    .filter(({ type }) => type === "error")
    .map(({ lineNum, message }) => `  line ${lineNum}: ${message}\n    ${lines[lineNum - 1]?.trim() ?? ""}`);
  const text = found.length > 0 ? found.join("\n") : `  ${error instanceof Error ? error.message : error}`;
  return new WebGpuError(
    `WebGPU refused the shader ${name}${ops.length > 0 ? `, made of ${ops.join(", ")}` : ""}:\n${text}\n` +
      "  help: --dump-ir=wgsl shows it; the CPU device runs the function meanwhile",
    { cause: error },
  );
}
