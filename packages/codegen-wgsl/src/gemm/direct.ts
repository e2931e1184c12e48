/** Products whose invocations read both operands from memory and keep up to 8 × 8 sums in registers. */

import type { kernel as k } from "@fluxion/ir";
import { groupNumber, workgroupGrid } from "../emit/dispatch.ts";
import { assemble, type Written } from "../emit/flat.ts";
import { type Launch, ShaderText } from "../emit/shader.ts";
import type { Usage } from "../emit/slots.ts";
import { components } from "../emit/text.ts";
import type { WgslLimits } from "../types.ts";
import { assertGemm, contiguity, GemmEmitter } from "./operands.ts";
import type { DirectPlan } from "./plan.ts";

export function directProduct(launch: Launch, plan: DirectPlan, limits: WgslLimits): Written {
  const { kernel } = launch;
  assertGemm(kernel);
  const probe = new DirectProduct(launch, kernel, plan, limits).write();
  const product = new DirectProduct(launch, kernel, plan, limits, probe.usages);
  const shader = product.write();
  const grid = `${plan.rows} × ${4 * plan.quads} sums in an invocation, workgroups of ${plan.across} × ${plan.down}`;
  return assemble(kernel, shader, grid, product.grid, plan.across * plan.down);
}

class DirectProduct {
  readonly kernel: k.GemmKernel;
  readonly plan: DirectPlan;
  readonly shader: ShaderText;
  readonly emitter: GemmEmitter;
  readonly grid: readonly [number, number, number];
  readonly rows: readonly number[];
  readonly quads: readonly number[];
  readonly blocks: readonly [m: number, n: number];

  constructor(
    launch: Launch,
    kernel: k.GemmKernel,
    plan: DirectPlan,
    limits: WgslLimits,
    usages?: readonly Usage[],
  ) {
    this.kernel = kernel;
    this.plan = plan;
    this.shader = new ShaderText(launch, usages);
    this.emitter = new GemmEmitter(this.shader, kernel);
    const m = Math.ceil(kernel.m.extent / (plan.rows * plan.down));
    const n = Math.ceil(kernel.n.extent / (4 * plan.quads * plan.across));
    this.blocks = [m, n];
    const batches = kernel.batch.reduce((product, { extent }) => product * extent, 1);
    this.grid = workgroupGrid(batches * m * n, limits);
    this.rows = Array.from({ length: plan.rows }, (_, i) => i);
    this.quads = Array.from({ length: plan.quads }, (_, i) => i);
  }

  write(): ShaderText {
    const { shader, emitter, kernel, plan } = this;
    const { writer } = shader;
    const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
    const lid = shader.builtin("lid", "u32", "local_invocation_index");
    const [blocksM, blocksN] = this.blocks;
    writer.line(`let block = ${groupNumber(this.grid).replaceAll("wid", wid)};`);
    writer.line(
      `let row = i32(((block / ${blocksN}u) % ${blocksM}u) * ${plan.down}u + ${lid} / ${plan.across}u) * ${plan.rows};`,
    );
    writer.line(
      `let column = i32((block % ${blocksN}u) * ${plan.across}u + ${lid} % ${plan.across}u) * ${4 * plan.quads};`,
    );
    emitter.bindBatch(`(block / ${blocksM * blocksN}u)`);
    const beyond = this.grid[1] > 1 ? ` || block >= ${this.#count()}u` : "";
    writer.line(`if (row >= ${kernel.m.extent} || column >= ${kernel.n.extent}${beyond}) { return; }`);
    for (const i of this.rows)
      for (const q of this.quads) writer.line(`var s${i}_${q} = ${emitter.sumType(4)}();`);
    const even = Math.floor(kernel.k.extent / 4) * 4;
    if (even > 0) emitter.block(`for (var k = 0; k < ${even}; k += 4)`, () => this.#step("k", 4));
    if (even < kernel.k.extent)
      emitter.block(`for (var k = ${even}; k < ${kernel.k.extent}; k++)`, () => this.#step("k", 1));
    this.#finish();
    return shader;
  }

  #count(): number {
    const batches = this.kernel.batch.reduce((product, { extent }) => product * extent, 1);
    return batches * this.blocks[0] * this.blocks[1];
  }

  /** Adds the products of `depth` columns of lhs and rows of rhs. */
  #step(at: string, depth: 1 | 4): void {
    const { emitter } = this;
    const factors = this.#factors(at, depth);
    const vectors = this.#vectors(at, depth);
    for (let j = 0; j < depth; j++) {
      for (const i of this.rows) {
        for (const q of this.quads) {
          const sum = `s${i}_${q}`;
          this.shader.writer.line(`${sum} = ${emitter.multiplyAdd(sum, factors(i, j), vectors(j, q))};`);
        }
      }
    }
  }

  /** lhs[row + i, k + j] as text. */
  #factors(at: string, depth: 1 | 4): (i: number, j: number) => string {
    const { emitter, kernel } = this;
    const { m, k: inner, lhs } = kernel;
    const alongRows =
      this.plan.rows % 4 === 0 &&
      contiguity(lhs, m.var) > 0 &&
      contiguity(lhs, m.var) > contiguity(lhs, inner.var);
    if (alongRows) {
      const names = Array.from({ length: depth }, (_, j) =>
        Array.from({ length: this.plan.rows / 4 }, (_, p) => {
          const bound = [
            [m.var, "row", 4 * p],
            [inner.var, at, j],
          ] as const;
          return emitter.named("a", emitter.at(lhs, bound, m.var).text);
        }),
      );
      return (i, j) => `${names[j][Math.floor(i / 4)]}.${components[i % 4]}`;
    }
    const names = this.rows.map((i) => {
      const bound = [
        [m.var, "row", i],
        [inner.var, at, 0],
      ] as const;
      return emitter.named("a", emitter.at(lhs, bound, depth === 4 ? inner.var : undefined).text);
    });
    return (i, j) => (depth === 4 ? `${names[i]}.${components[j]}` : names[i]);
  }

  /** rhs[k + j, column + 4q …] as text. */
  #vectors(at: string, depth: 1 | 4): (j: number, q: number) => string {
    const { emitter, kernel } = this;
    const { n, k: inner, rhs } = kernel;
    if (depth === 4 && contiguity(rhs, inner.var) > Math.max(0, contiguity(rhs, n.var))) {
      const names = Array.from({ length: 4 * this.plan.quads }, (_, c) => {
        const bound = [
          [n.var, "column", c],
          [inner.var, at, 0],
        ] as const;
        return emitter.named("b", emitter.at(rhs, bound, inner.var).text);
      });
      const type = emitter.sumType(4);
      return (j, q) =>
        `${type}(${[0, 1, 2, 3].map((c) => `${names[4 * q + c]}.${components[j]}`).join(", ")})`;
    }
    const names = Array.from({ length: depth }, (_, j) =>
      this.quads.map((q) => {
        const bound = [
          [n.var, "column", 4 * q],
          [inner.var, at, j],
        ] as const;
        return emitter.named("b", emitter.at(rhs, bound, n.var).text);
      }),
    );
    return (j, q) => names[j][q];
  }

  #finish(): void {
    const { kernel, emitter, plan } = this;
    for (const i of this.rows) {
      for (const q of this.quads) {
        const tests: string[] = [];
        if (kernel.m.extent % plan.rows !== 0) tests.push(`row + ${i} < ${kernel.m.extent}`);
        if (q > 0) tests.push(`column + ${4 * q} < ${kernel.n.extent}`);
        const done = (): void => emitter.finish(`(row + ${i})`, `(column + ${4 * q})`, `s${i}_${q}`);
        emitter.block(tests.length === 0 ? "" : `if (${tests.join(" && ")})`, done);
      }
    }
  }
}
