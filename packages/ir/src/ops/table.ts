/** The op table: every operation that the IR has, by opcode. StableHLO's ops bare, others with their dialect. */

import { computeOps } from "./compute.ts";
import { elementwiseOps } from "./elementwise.ts";
import { indexedOps } from "./indexed.ts";
import type { AttributeSchema, AttributesFrom, OpDeclaration } from "./schema.ts";
import { shapeOps } from "./shape.ts";

export const opTable = {
  ...elementwiseOps,
  ...shapeOps,
  ...computeOps,
  ...indexedOps,
} as const;

export type Opcode = keyof typeof opTable;
export type ElementwiseOpcode = Exclude<keyof typeof elementwiseOps, "optimization_barrier">;
export type AttributesOf<K extends Opcode> = (typeof opTable)[K] extends {
  readonly attributes: infer A;
}
  ? A extends AttributeSchema
    ? AttributesFrom<A>
    : never
  : never;

export const opcodes = Object.keys(opTable) as readonly Opcode[];
export const isOpcode = (name: string): name is Opcode => Object.hasOwn(opTable, name);

/** The declaration of an op, its attribute types erased. */
export const declarationOf = (opcode: Opcode): OpDeclaration => opTable[opcode] as unknown as OpDeclaration;

export const isElementwise = (opcode: Opcode): opcode is ElementwiseOpcode =>
  Object.hasOwn(elementwiseOps, opcode) && opcode !== "optimization_barrier";

/** The op's name in text: `stablehlo.add`, `chlo.erf`, `func.call`. */
export const qualifiedName = (opcode: Opcode): string =>
  opcode.includes(".") ? opcode : opcode === "call" ? "func.call" : `stablehlo.${opcode}`;
