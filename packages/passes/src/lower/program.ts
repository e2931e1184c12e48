/** A program under construction: buffers, kernels and the commands that launch them. */

import {
  bytesOf,
  type DType,
  entriesPerElement,
  kernel as k,
  realPart,
  type Shape,
  sameType,
  sizeOf,
  type TypedArray,
  type Value,
} from "@fluxion/ir";

import { outline, sameKernel } from "./same-kernel.ts";

/** Where a buffer's bytes will live; temporaries get their offset when all of them are known. */
type Draft = { -readonly [P in keyof k.ProgramBuffer]: k.ProgramBuffer[P] };

export class ProgramBuilder {
  readonly buffers: Draft[] = [];
  readonly kernels: k.Kernel[] = [];
  readonly #constants = new Map<TypedArray, number[]>();
  /** Kernels that may be equal, by their outlines. */
  readonly #alike = new Map<string, number[]>();

  add(name: string, dtype: DType, shape: Shape, placement: k.Placement): number {
    const id = this.buffers.length;
    this.buffers.push({ id, name, dtype, shape, bytes: bytesOf({ dtype, shape }), placement });
    return id;
  }

  temporary(name: string, dtype: DType, shape: Shape): number {
    return this.add(name, dtype, shape, { kind: "arena", offset: -1 });
  }

  constant(dtype: DType, shape: Shape, data: TypedArray): number {
    const known = this.#constants.get(data)?.find((id) => sameType(this.buffers[id], { dtype, shape }));
    if (known !== undefined) return known;
    const id = this.add(`c${this.buffers.length}`, dtype, shape, { kind: "constant", data });
    this.#constants.set(data, [...(this.#constants.get(data) ?? []), id]);
    return id;
  }

  /** The number of a kernel; of an equal one if there is one. */
  addKernel(kernel: k.Kernel): number {
    const shape = outline(kernel);
    const alike = this.#alike.get(shape) ?? [];
    const known = alike.find((number) => sameKernel(this.kernels[number], kernel));
    if (known !== undefined) return known;
    this.#alike.set(shape, [...alike, this.kernels.length]);
    return this.kernels.push(kernel) - 1;
  }
}

/** The buffers that one kernel binds. */
export class KernelBindings {
  readonly program: ProgramBuilder;
  readonly refs: k.BufferRef[] = [];
  readonly ids: number[] = [];

  constructor(program: ProgramBuilder) {
    this.program = program;
  }

  /** The kernel's view of a program buffer. */
  bind(id: number, access: k.BufferRef["access"] = "read"): k.BufferRef {
    const at = this.ids.indexOf(id);
    if (at >= 0 && (this.refs[at].access === access || access === "read")) return this.refs[at];
    const { name, dtype, shape } = this.program.buffers[id];
    const ref = new k.BufferRef(name, realPart(dtype), sizeOf(shape) * entriesPerElement(dtype), access);
    this.refs.push(ref);
    this.ids.push(id);
    return ref;
  }
}

/** Which buffer holds each materialised value. */
export type BufferMap = Map<Value, number>;
