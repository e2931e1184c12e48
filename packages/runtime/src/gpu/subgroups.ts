/** How a device lays subgroups out in a workgroup, which WGSL leaves open. */

import { BufferUsage, mapModeRead } from "./flags.ts";

/** Invocations of the workgroups that are looked at: those of the shaders that fold by subgroups. */
const workgroupSizes = [64, 256] as const;

const code = `
enable subgroups;

@group(0) @binding(0) var<storage, read_write> strays: atomic<u32>;
override invocations: u32;

@compute @workgroup_size(invocations)
fn main(
  @builtin(local_invocation_index) lid: u32,
  @builtin(subgroup_invocation_id) place: u32,
  @builtin(subgroup_size) size: u32,
) {
  let run = lid / size;
  let first = subgroupMin(run);
  let last = subgroupMax(run);
  if (first != run || last != run || lid % size != place) { atomicAdd(&strays, 1u); }
}
`;

/**
 * Whether each subgroup of a workgroup is a run of neighbours in the order of `local_invocation_index`. The device must have
 * the feature `subgroups`.
 */
export async function hasSubgroupRuns(device: GPUDevice): Promise<boolean> {
  const strays = device.createBuffer({ size: 4, usage: BufferUsage.storage | BufferUsage.copySource });
  const answer = device.createBuffer({ size: 4, usage: BufferUsage.mapRead | BufferUsage.copyTarget });
  try {
    const module = device.createShaderModule({ code });
    const pipelines = await Promise.all(
      workgroupSizes.map((invocations) =>
        device.createComputePipelineAsync({
          layout: "auto",
          compute: { module, entryPoint: "main", constants: { invocations } },
        }),
      ),
    );
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const pipeline of pipelines) {
      const entries = [{ binding: 0, resource: { buffer: strays } }];
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(8);
    }
    pass.end();
    encoder.copyBufferToBuffer(strays, 0, answer, 0, 4);
    device.queue.submit([encoder.finish()]);
    await answer.mapAsync(mapModeRead);
    return new Uint32Array(answer.getMappedRange())[0] === 0;
  } finally {
    strays.destroy();
    answer.destroy();
  }
}
