/** What the code generator gives to a WebGPU device: shaders, and the commands that dispatch them. */

import type { DType, kernel as k, Shape, TypedArray } from "@fluxion/ir";

/** What an adapter allows. Sizes are in bytes, as `GPUSupportedLimits` has them. */
export interface WgslLimits {
  readonly storageBuffersPerStage: number;
  readonly workgroupBytes: number;
  readonly invocationsPerWorkgroup: number;
  readonly workgroupSizeX: number;
  readonly workgroupsPerDimension: number;
  readonly bufferBindingBytes: number;
  /** The feature `shader-f16`. */
  readonly float16: boolean;
  /** The feature `subgroups`. */
  readonly subgroups: boolean;
  /** Invocations of a subgroup where all have as many (`subgroupMinSize` = `subgroupMaxSize`), else 0. */
  readonly subgroupSize: number;
  /** Most invocations of a subgroup, where each subgroup is a run of neighbours in its workgroup (in their order); else 0. */
  readonly longestSubgroupRun: number;
  /** Whether the adapter is a program on the CPU (`adapterInfo.isFallbackAdapter`): barriers and workgroup memory are dear there. */
  readonly software: boolean;
}

/** What every WebGPU adapter allows. */
export const defaultLimits: WgslLimits = {
  storageBuffersPerStage: 8,
  workgroupBytes: 16384,
  invocationsPerWorkgroup: 256,
  workgroupSizeX: 256,
  workgroupsPerDimension: 65535,
  bufferBindingBytes: 128 * 1024 * 1024,
  float16: false,
  subgroups: false,
  subgroupSize: 0,
  longestSubgroupRun: 0,
  software: false,
};

export interface ShaderBinding {
  /** Position in the buffers of the dispatch. Binding i of group 0 is `bindings[i]`. */
  readonly buffer: number;
  readonly access: "read" | "read_write";
}

/** One compute pipeline. */
export interface Shader {
  readonly name: string;
  /** A whole WGSL module, its dump as header comments included. */
  readonly code: string;
  readonly entryPoint: string;
  readonly bindings: readonly ShaderBinding[];
  readonly workgroups: readonly [x: number, y: number, z: number];
  readonly origin: readonly k.Origin[];
}

export type GpuCommand =
  | {
      readonly kind: "dispatch";
      /** Index into `shaders`. */
      readonly shader: number;
      /** Program buffers; no buffer occurs twice. */
      readonly buffers: readonly number[];
    }
  /** Copies a whole buffer; both have the same bytes. */
  | { readonly kind: "copy"; readonly from: number; readonly to: number }
  /** Runs `condition`, then `body` while the bool in `predicate` (its first byte) is not 0. */
  | {
      readonly kind: "while";
      readonly condition: readonly GpuCommand[];
      readonly predicate: number;
      readonly body: readonly GpuCommand[];
      /** How often `body` runs, when that is known: then nothing is read back and `condition` need not run. */
      readonly tripCount?: number;
    }
  /** Runs the branch that the int32 in `index` names; the last one if it is out of range. */
  | {
      readonly kind: "case";
      readonly index: number;
      readonly branches: readonly (readonly GpuCommand[])[];
    };

/** One array of the program. */
export interface GpuBuffer {
  readonly id: number;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /**
   * Size on the GPU: the elements as in host memory (bool 1 byte, 16-bit types 2 bytes, complex64 as float32 pairs),
   * filled up to whole 16-byte groups. The fill may hold anything.
   */
  readonly bytes: number;
  /** Temporaries of the arena are buffers of their own; two whose lives do not overlap may share one. */
  readonly placement:
    | { readonly kind: "parameter"; readonly index: number }
    | { readonly kind: "result"; readonly index: number }
    | { readonly kind: "constant"; readonly data: TypedArray }
    | { readonly kind: "temporary" };
}

export interface CompiledWgsl {
  readonly name: string;
  readonly shaders: readonly Shader[];
  readonly commands: readonly GpuCommand[];
  readonly buffers: readonly GpuBuffer[];
  readonly parameters: readonly number[];
  /** As in `kernel.Program`: may name a parameter, a constant or another result. */
  readonly results: readonly number[];
  /** As in `kernel.Program`. Commands name the parameter wherever they touch the result that is written over it. */
  readonly donations: k.Program["donations"];
}
