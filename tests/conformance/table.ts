/**
 * The conformance table: op × dtype × shape class, the same wherever it is run. Ops and dtypes that do not go together have no
 * cell.
 */

import {
  type DType,
  dtypes,
  isElementwise,
  type Literal,
  type Module,
  type Opcode,
  opcodes,
} from "@fluxion/ir";
import { type Case, inputsOf, moduleOf } from "./case.ts";
import { elementwiseCase } from "./elementwise.ts";
import { structureCases } from "./structure.ts";

/** Sizes at which backends take different paths: none, one, no whole vectors, whole vectors, several workgroups and tasks. */
const shapeClasses = {
  scalar: [],
  empty: [0, 4],
  odd: [3, 13],
  even: [4, 16],
  large: [67, 130],
} as const;

export interface Cell {
  readonly name: string;
  readonly opcode: Opcode;
  readonly dtype: DType;
  readonly module: Module;
  readonly inputs: readonly Literal[];
  readonly ulps: number;
}

/** Every program has the first two, and functions that are called are inlined before anything sees them; no device runs the last. */
const structural: readonly Opcode[] = ["constant", "return", "call", "custom_call"];

export const testedOps: readonly Opcode[] = opcodes.filter((opcode) => !structural.includes(opcode));

/** All cells, or those of some dtypes. */
export function conformanceTable(held: readonly DType[] = dtypes): Cell[] {
  return testedOps.flatMap((opcode) =>
    held.flatMap((dtype) =>
      Object.entries(shapeClasses).flatMap(([shapeClass, shape]) =>
        casesOf(opcode, dtype, shape).flatMap((found, i) => {
          const module = moduleOf(found);
          if (module === undefined) return [];
          const name = `${opcode}${i === 0 ? "" : `#${i + 1}`} ${dtype} ${shapeClass}`;
          return [{ name, opcode, dtype, module, inputs: inputsOf(found, hash(name)), ulps: found.ulps }];
        }),
      ),
    ),
  );
}

function casesOf(opcode: Opcode, dtype: DType, shape: readonly number[]): Case[] {
  if (isElementwise(opcode)) {
    const found = elementwiseCase(opcode, dtype, shape);
    return found === undefined ? [] : [found];
  }
  const [m, n] = shape;
  if (m === undefined || m === 0) return [];
  return (structureCases[opcode] ?? []).flatMap((make) => make(dtype, m, n) ?? []);
}

function hash(text: string): number {
  let value = 17;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  return value >>> 0;
}
