/**
 * Products by subgroups of four invocations, for adapters that are programs on the CPU: there a load costs many times what a
 * multiplication does. A workgroup is one subgroup. Each of its invocations keeps the sums of up to 16 rows × 8 columns of
 * its own and loads one of four neighbours of a row of lhs along k; the others read that from its register.
 */

import type { kernel as k } from "@fluxion/ir";
import { groupNumber, workgroupGrid } from "../emit/dispatch.ts";
import { assemble, type Written } from "../emit/flat.ts";
import { type Launch, ShaderText } from "../emit/shader.ts";
import type { Usage } from "../emit/slots.ts";
import { components } from "../emit/text.ts";
import type { WgslLimits } from "../types.ts";
import { assertGemm, contiguity, GemmEmitter } from "./operands.ts";
import type { SubgroupPlan } from "./plan.ts";

/** Invocations of a subgroup, and steps along k that they load together. */
const width = 4;

export function subgroupProduct(launch: Launch, plan: SubgroupPlan, limits: WgslLimits): Written {
  const { kernel } = launch;
  assertGemm(kernel);
  const columns = 4 * width * plan.quads;
  const blocks = [Math.ceil(kernel.m.extent / plan.rows), Math.ceil(kernel.n.extent / columns)] as const;
  const batches = kernel.batch.reduce((product, { extent }) => product * extent, 1);
  const count = batches * blocks[0] * blocks[1];
  const workgroups = workgroupGrid(count, limits);
  const write = (usages?: readonly Usage[]): ShaderText => {
    const shader = new ShaderText(launch, usages);
    new SubgroupProduct(shader, kernel, plan).write(blocks, count, workgroups);
    return shader;
  };
  const shader = write(write().usages);
  const grid = `${plan.rows} × ${4 * plan.quads} sums in an invocation, subgroups of ${width}`;
  return assemble(kernel, shader, grid, workgroups, width, ["enable subgroups;"]);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

class SubgroupProduct {
  readonly shader: ShaderText;
  readonly kernel: k.GemmKernel;
  readonly plan: SubgroupPlan;
  readonly emitter: GemmEmitter;
  readonly rows: readonly number[];
  readonly quads: readonly number[];

  constructor(shader: ShaderText, kernel: k.GemmKernel, plan: SubgroupPlan) {
    this.shader = shader;
    this.kernel = kernel;
    this.plan = plan;
    this.emitter = new GemmEmitter(shader, kernel);
    this.rows = range(plan.rows);
    this.quads = range(plan.quads);
  }

  write([, blocksN]: readonly [number, number], count: number, workgroups: Written["workgroups"]): void {
    const { shader, emitter, kernel, plan } = this;
    const { writer } = shader;
    const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
    const lid = shader.builtin("lid", "u32", "local_invocation_index");
    const blocksM = Math.ceil(kernel.m.extent / plan.rows);
    writer.line(`let block = ${groupNumber(workgroups).replaceAll("wid", wid)};`);
    // As a whole a subgroup ends or stays: its invocations need each other.
    if (workgroups[1] > 1) writer.line(`if (block >= ${count}u) { return; }`);
    writer.line(`let row = i32((block / ${blocksN}u) % ${blocksM}u) * ${plan.rows};`);
    writer.line(`let lane = i32(${lid});`);
    writer.line(`let column = (i32(block % ${blocksN}u) * ${width} + lane) * ${4 * plan.quads};`);
    emitter.bindBatch(`(block / ${blocksM * blocksN}u)`);
    for (const i of this.rows)
      for (const q of this.quads) writer.line(`var s${i}_${q} = ${emitter.sumType(4)}();`);
    const even = Math.floor(kernel.k.extent / width) * width;
    if (even > 0) emitter.block(`for (var k = 0; k < ${even}; k += ${width})`, () => this.#step("k", width));
    if (even < kernel.k.extent) emitter.block("", () => this.#step(String(even), kernel.k.extent - even));
    this.#finish();
  }

  /** Adds the products of `depth` columns of lhs and rows of rhs. */
  #step(at: string, depth: number): void {
    const { emitter, kernel } = this;
    const { m, k: inner, lhs } = kernel;
    const own = this.rows.map((i) => {
      const bound = [
        [m.var, "row", i],
        [inner.var, `(${at} + lane)`, 0],
      ] as const;
      return emitter.named("a", emitter.at(lhs, bound).text);
    });
    const vectors = this.#vectors(at, depth);
    for (const j of range(depth)) {
      const row = this.quads.map((q) => vectors(j, q));
      for (const i of this.rows) {
        const factor = emitter.named("f", `subgroupBroadcast(${own[i]}, ${j}u)`);
        for (const q of this.quads) {
          const sum = `s${i}_${q}`;
          this.shader.writer.line(`${sum} = ${emitter.multiplyAdd(sum, factor, row[q])};`);
        }
      }
    }
  }

  /** rhs[k + j, column + 4q …] as text. */
  #vectors(at: string, depth: number): (j: number, q: number) => string {
    const { emitter, kernel } = this;
    const { n, k: inner, rhs } = kernel;
    if (depth === 4 && contiguity(rhs, inner.var) > Math.max(0, contiguity(rhs, n.var))) {
      const names = range(4 * this.plan.quads).map((c) => {
        const bound = [
          [n.var, "column", c],
          [inner.var, at, 0],
        ] as const;
        return emitter.named("b", emitter.at(rhs, bound, inner.var).text);
      });
      const type = emitter.sumType(4);
      return (j, q) =>
        `${type}(${components.map((_, c) => `${names[4 * q + c]}.${components[j]}`).join(", ")})`;
    }
    return (j, q) => {
      const bound = [
        [n.var, "column", 4 * q],
        [inner.var, at, j],
      ] as const;
      return emitter.named("b", emitter.at(rhs, bound, n.var).text);
    };
  }

  #finish(): void {
    const { kernel, emitter, plan } = this;
    for (const i of this.rows) {
      for (const q of this.quads) {
        const tests = [`column + ${4 * q} < ${kernel.n.extent}`];
        if (kernel.m.extent % plan.rows !== 0) tests.unshift(`row + ${i} < ${kernel.m.extent}`);
        const done = (): void => emitter.finish(`(row + ${i})`, `(column + ${4 * q})`, `s${i}_${q}`);
        emitter.block(`if (${tests.join(" && ")})`, done);
      }
    }
  }
}
