/** Shaders in which every invocation works alone. */

import type { kernel as k } from "@fluxion/ir";
import type { FlatMapping } from "../plan/mapping.ts";
import type { Shader, WgslLimits } from "../types.ts";
import { groupNumber, workgroupGrid } from "./dispatch.ts";
import { Emitter } from "./emitter.ts";
import { headerOf, type Launch, ShaderText } from "./shader.ts";
import type { Usage } from "./slots.ts";
import type { Lanes } from "./text.ts";

export interface Written extends Shader {
  /** Program buffers in the order of the bindings. */
  readonly buffers: readonly number[];
}

const groupSize = 64;

/** Written once to see how buffers are touched, and again with that known. */
export function flatShader(launch: Launch, mapping: FlatMapping, limits: WgslLimits): Written {
  const lanes = lanesFor(launch, mapping, limits);
  const probe = write(launch, mapping, limits, lanes);
  return finish(launch, mapping, limits, lanes, write(launch, mapping, limits, lanes, probe.usages));
}

/** Vectors, if every store is one, or writes whole words of a packed buffer. */
function lanesFor(launch: Launch, mapping: FlatMapping, limits: WgslLimits): Lanes {
  if (!mapping.vector) return 1;
  const { usages } = write(launch, mapping, limits, 4);
  return usages.every(({ scalarStores }) => scalarStores === 0) ? 4 : 1;
}

function write(
  launch: Launch,
  mapping: FlatMapping,
  limits: WgslLimits,
  lanes: Lanes,
  plans?: readonly Usage[],
): ShaderText {
  const shader = new ShaderText(launch, plans);
  const emitter = new Emitter(shader);
  const { writer } = shader;
  const invocations = Math.ceil(mapping.extent / lanes);
  const grid = workgroupGrid(Math.ceil(invocations / groupSize), limits);
  const name = shader.names.fresh(mapping.variable.name);
  if (mapping.extent > 1) {
    const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
    const lid = shader.builtin("lid", "u32", "local_invocation_index");
    const number = groupNumber(grid).replaceAll("wid", wid);
    writer.line(`let ${name} = i32(${number} * ${groupSize}u + ${lid})${lanes === 4 ? " * 4" : ""};`);
    if (invocations % groupSize !== 0 || grid[1] > 1)
      writer.line(`if (${name} >= ${mapping.extent}) { return; }`);
  } else {
    writer.line(`let ${name} = 0;`);
  }
  emitter.variables.set(mapping.variable, name);
  if (lanes === 4) {
    emitter.laneVariable = mapping.variable;
    emitter.laneLimit = mapping.extent % 4 === 0 ? undefined : mapping.extent;
  }
  emitter.statements(mapping.body);
  return shader;
}

function finish(
  { kernel }: Launch,
  mapping: FlatMapping,
  limits: WgslLimits,
  lanes: Lanes,
  shader: ShaderText,
): Written {
  const invocations = Math.ceil(mapping.extent / lanes);
  const size = mapping.extent === 1 ? 1 : groupSize;
  const workgroups = workgroupGrid(Math.ceil(invocations / size), limits);
  const grid = `${mapping.extent} iterations, ${lanes} in an invocation, ${workgroups.join(" × ")} workgroups of ${size}`;
  return assemble(kernel, shader, grid, workgroups, size);
}

/** A finished shader with its header. */
export function assemble(
  kernel: k.Kernel,
  shader: ShaderText,
  grid: string,
  workgroups: Shader["workgroups"],
  size: number,
): Written {
  return {
    name: kernel.name,
    code: shader.text(headerOf(kernel, shader.bound, grid), [size]),
    entryPoint: "main",
    bindings: shader.bound.map(({ slot }, buffer) => ({
      buffer,
      access: slot.writable ? "read_write" : "read",
    })),
    workgroups,
    origin: kernel.origin,
    buffers: shader.bound.map(({ id }) => id),
  };
}
