/**
 * Products from tiles in workgroup memory. 256 invocations fill a tile of 64 rows × 16 of lhs (lying column after column) and one of
 * 16 × 64 of rhs, wait for each other, and add 4 × 4 products each for all 16.
 */

import type { kernel as k } from "@fluxion/ir";
import { groupNumber, workgroupGrid } from "../emit/dispatch.ts";
import { assemble, type Written } from "../emit/flat.ts";
import { type Launch, ShaderText } from "../emit/shader.ts";
import type { Usage } from "../emit/slots.ts";
import { components, registerOf } from "../emit/text.ts";
import type { WgslLimits } from "../types.ts";
import { assertGemm, contiguity, GemmEmitter } from "./operands.ts";

const side = 64;
const depth = 16;
const invocations = 256;

export function tiledProduct(launch: Launch, limits: WgslLimits): Written {
  const { kernel } = launch;
  assertGemm(kernel);
  const batches = kernel.batch.reduce((product, { extent }) => product * extent, 1);
  const blocks = [Math.ceil(kernel.m.extent / side), Math.ceil(kernel.n.extent / side)] as const;
  const count = batches * blocks[0] * blocks[1];
  const workgroups = workgroupGrid(count, limits);
  const write = (usages?: readonly Usage[]): ShaderText => {
    const shader = new ShaderText(launch, usages);
    writeProduct(shader, kernel, blocks, count, workgroups);
    return shader;
  };
  const shader = write(write().usages);
  const grid = `${side} × ${side} sums in a workgroup of ${invocations}, tiles of ${depth}`;
  return assemble(kernel, shader, grid, workgroups, invocations);
}

function writeProduct(
  shader: ShaderText,
  kernel: k.GemmKernel,
  blocks: readonly [m: number, n: number],
  count: number,
  workgroups: readonly [number, number, number],
): void {
  const { writer } = shader;
  const emitter = new GemmEmitter(shader, kernel);
  const type = registerOf(kernel.accumulate);
  const left = shader.workgroup("left", `array<${type}, ${side * depth}>`);
  const right = shader.workgroup("right", `array<${type}, ${side * depth}>`);
  const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
  shader.builtin("lid", "u32", "local_invocation_index");
  writer.line(`let block = ${groupNumber(workgroups).replaceAll("wid", wid)};`);
  if (workgroups[1] > 1) writer.line(`if (block >= ${count}u) { return; }`);
  writer.line(`let row = i32((block / ${blocks[1]}u) % ${blocks[0]}u) * ${side};`);
  writer.line(`let column = i32(block % ${blocks[1]}u) * ${side};`);
  emitter.bindBatch(`(block / ${blocks[0] * blocks[1]}u)`);
  writer.line("let down = i32(lid / 16u) * 4;");
  writer.line("let across = i32(lid % 16u) * 4;");
  for (let i = 0; i < 4; i++) writer.line(`var s${i} = ${emitter.sumType(4)}();`);
  emitter.block(`for (var k = 0; k < ${kernel.k.extent}; k += ${depth})`, () => {
    fill(emitter, left, kernel.lhs, kernel.m, "row");
    fill(emitter, right, kernel.rhs, kernel.n, "column");
    writer.line("workgroupBarrier();");
    emitter.block(`for (var j = 0; j < ${depth}; j++)`, () => {
      const quad = (tile: string, at: string): string =>
        `vec4<${type}>(${[0, 1, 2, 3].map((c) => `${tile}[j * ${side} + ${at} + ${c}]`).join(", ")})`;
      writer.line(`let a = ${quad(left, "down")};`);
      writer.line(`let b = ${quad(right, "across")};`);
      components.forEach((c, i) => {
        writer.line(`s${i} = ${emitter.multiplyAdd(`s${i}`, `a.${c}`, "b")};`);
      });
    });
    writer.line("workgroupBarrier();");
  });
  for (let i = 0; i < 4; i++) {
    const test = `row + down + ${i} < ${kernel.m.extent} && column + across < ${kernel.n.extent}`;
    emitter.block(`if (${test})`, () => emitter.finish(`(row + down + ${i})`, "(column + across)", `s${i}`));
  }
}

/** Tile[j][c] = operand at (k + j, start + c), each invocation four of them; 0 beyond the last k. */
function fill(
  emitter: GemmEmitter,
  tile: string,
  operand: k.Expr,
  free: k.GemmKernel["m"],
  start: string,
): void {
  const { k: inner } = emitter.kernel;
  const { writer } = emitter;
  const alongInner = contiguity(operand, inner.var) > contiguity(operand, free.var);
  emitter.block("", () => {
    const perLine = alongInner ? depth / 4 : side / 4;
    writer.line(`let line = i32(lid / ${perLine}u);`);
    writer.line(`let at = i32(lid % ${perLine}u) * 4;`);
    const [c, j] = alongInner ? ["line", "at"] : ["at", "line"];
    const bound = [
      [free.var, `(${start} + ${c})`, 0],
      [inner.var, `(k + ${j})`, 0],
    ] as const;
    const { text } = emitter.at(operand, bound, alongInner ? inner.var : free.var);
    const value = emitter.named("v", text);
    components.forEach((component, lane) => {
      const [dj, dc] = alongInner ? [lane, 0] : [0, lane];
      const position = `(${j} + ${dj}) * ${side} + ${c} + ${dc}`;
      const zero = `${registerOf(operand.dtype)}()`;
      const inside = `k + ${j} + ${dj} < ${inner.extent}`;
      const whole = inner.extent % depth === 0;
      writer.line(
        `${tile}[${position}] = ${whole ? `${value}.${component}` : `select(${zero}, ${value}.${component}, ${inside})`};`,
      );
    });
  });
}
