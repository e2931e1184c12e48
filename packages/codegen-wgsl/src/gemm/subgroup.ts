/**
 * Products by subgroups of four invocations, for adapters that are programs on the CPU: there the invocations of a subgroup are
 * the lanes of one vector, and a load, which goes to memory once for each lane, costs tens of times what a multiplication does. A
 * workgroup is one subgroup, which keeps the sums of up to 32 rows × 32 columns.
 *
 * Of four rows of lhs each invocation loads its own. Its factors are those that it loaded and, swapped within the four, those
 * that the others did: in turn x = 0 … 3 invocation l multiplies row l ^ x with its own columns. A swap is one instruction
 * there, a broadcast twenty.
 *
 * Sums are scalars, and all steps along k of one sum follow each other, so that it stays in a register. They are then put in
 * an array for the epilogue, which is written once in a loop over the rows.
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

/** Invocations of a subgroup, and steps along k in a round of the loop. */
const width = 4;

/** In turn x invocation l gets the value of invocation l ^ x. */
const swaps = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"] as const;

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
    shader.enable("subgroups");
    new SubgroupProduct(shader, kernel, plan).write(blocks, count, workgroups);
    return shader;
  };
  const shader = write(write().usages);
  const grid = `${plan.rows} × ${columns} sums in a subgroup of ${width}`;
  return assemble(kernel, shader, grid, workgroups, width);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

class SubgroupProduct {
  readonly shader: ShaderText;
  readonly kernel: k.GemmKernel;
  readonly plan: SubgroupPlan;
  readonly emitter: GemmEmitter;
  readonly rows: readonly number[];
  /** Columns of an invocation. */
  readonly columns: readonly number[];

  constructor(shader: ShaderText, kernel: k.GemmKernel, plan: SubgroupPlan) {
    this.shader = shader;
    this.kernel = kernel;
    this.plan = plan;
    this.emitter = new GemmEmitter(shader, kernel);
    this.rows = range(plan.rows);
    this.columns = range(4 * plan.quads);
  }

  write(
    [blocksM, blocksN]: readonly [m: number, n: number],
    count: number,
    workgroups: Written["workgroups"],
  ): void {
    const { shader, emitter, kernel, plan } = this;
    const { writer } = shader;
    const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
    const id = shader.builtin(emitter.names.fresh("id"), "u32", "subgroup_invocation_id");
    writer.line(`let block = ${groupNumber(workgroups).replaceAll("wid", wid)};`);
    // As a whole a subgroup ends or stays: its invocations need each other.
    if (workgroups[1] > 1) writer.line(`if (block >= ${count}u) { return; }`);
    writer.line(`let row = i32((block / ${blocksN}u) % ${blocksM}u) * ${plan.rows};`);
    writer.line(`let lane = i32(${id});`);
    writer.line(`let column = (i32(block % ${blocksN}u) * ${width} + lane) * ${4 * plan.quads};`);
    emitter.bindBatch(`(block / ${blocksM * blocksN}u)`);
    for (const i of this.rows)
      for (const c of this.columns) writer.line(`var s${i}_${c} = ${emitter.sumType(1)}();`);
    const even = Math.floor(kernel.k.extent / width) * width;
    if (even > 0) emitter.block(`for (var k = 0; k < ${even}; k += ${width})`, () => this.#step("k", width));
    if (even < kernel.k.extent) emitter.block("", () => this.#step(String(even), kernel.k.extent - even));
    this.#finish();
  }

  /** Adds the products of `depth` columns of lhs and rows of rhs. */
  #step(at: string, depth: number): void {
    const { emitter } = this;
    const { writer } = this.shader;
    const steps = range(depth);
    const fours = range(this.plan.rows / width).map((p) => this.#own(p, at, depth));
    const value = this.#values(at, depth);
    for (const i of this.rows) {
      const own = fours[Math.floor(i / width)];
      const swap = swaps[i % width];
      const factors = swap === "" ? own : own.map((text) => emitter.named("f", `${swap}(${text})`));
      for (const c of this.columns) {
        const sum = steps.reduce(
          (text, j) => emitter.multiplyAdd(text, factors[j], value(j, c), 1),
          `s${i}_${c}`,
        );
        writer.line(`s${i}_${c} = ${sum};`);
      }
    }
  }

  /** lhs[row + 4p + lane, k + j] as text for each j. */
  #own(p: number, at: string, depth: number): string[] {
    const { emitter, kernel } = this;
    const { m, k: inner, lhs } = kernel;
    const load = (j: number, lane?: k.LoopVar): string => {
      const bound = [
        [m.var, "(row + lane)", width * p],
        [inner.var, at, j],
      ] as const;
      return emitter.named("a", emitter.at(lhs, bound, lane).text);
    };
    if (depth < width) return range(depth).map((j) => load(j));
    const name = load(0, inner.var);
    return components.map((c) => `${name}.${c}`);
  }

  /** rhs[k + j, column + c] as text. */
  #values(at: string, depth: number): (j: number, c: number) => string {
    const { emitter, kernel } = this;
    const { n, k: inner, rhs } = kernel;
    if (depth === width && contiguity(rhs, inner.var) > Math.max(0, contiguity(rhs, n.var))) {
      const names = this.columns.map((c) => {
        const bound = [
          [n.var, "column", c],
          [inner.var, at, 0],
        ] as const;
        return emitter.named("b", emitter.at(rhs, bound, inner.var).text);
      });
      return (j, c) => `${names[c]}.${components[j]}`;
    }
    const names = range(depth).map((j) =>
      range(this.plan.quads).map((q) => {
        const bound = [
          [n.var, "column", 4 * q],
          [inner.var, at, j],
        ] as const;
        return emitter.named("b", emitter.at(rhs, bound, n.var).text);
      }),
    );
    return (j, c) => `${names[j][Math.floor(c / 4)]}.${components[c % 4]}`;
  }

  #finish(): void {
    const { kernel, emitter, plan, shader } = this;
    const { writer } = shader;
    const type = emitter.sumType(4);
    const [sums, i, r] = ["sums", "i", "r"].map((wanted) => emitter.names.fresh(wanted));
    writer.line(`var ${sums}: array<${type}, ${plan.rows * plan.quads}>;`);
    for (const turn of this.rows)
      for (const q of range(plan.quads)) {
        const four = [0, 1, 2, 3].map((c) => `s${turn}_${4 * q + c}`);
        writer.line(`${sums}[${turn * plan.quads + q}] = ${type}(${four.join(", ")});`);
      }
    emitter.block(`for (var ${i} = 0; ${i} < ${plan.rows}; ${i}++)`, () => {
      // The last two bits of i are the turn.
      writer.line(`let ${r} = row + (${i} ^ lane);`);
      for (const q of range(plan.quads)) {
        const tests = [`column + ${4 * q} < ${kernel.n.extent}`];
        if (kernel.m.extent % plan.rows !== 0) tests.unshift(`${r} < ${kernel.m.extent}`);
        const sum = `${sums}[${i} * ${plan.quads} + ${q}]`;
        const done = (): void => emitter.finish(r, `(column + ${4 * q})`, sum);
        emitter.block(`if (${tests.join(" && ")})`, done);
      }
    });
  }
}
