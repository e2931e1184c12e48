/** Arguments that may hold `ShapeDtypeStruct` where arrays go. */

import type { DType } from "@fluxion/ir";
import { type Aval, keyDType } from "../core/aval.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "../core/tree.ts";
import { placeholder, ShapeDtypeStruct } from "./shape-dtype-struct.ts";

const isStruct = (value: unknown): value is ShapeDtypeStruct => value instanceof ShapeDtypeStruct;

/** The arguments with an array in place of every `ShapeDtypeStruct`, for tracing only. */
export const withPlaceholders = (args: readonly unknown[]): unknown[] =>
  args.map((arg) => {
    if (!treeLeaves(arg).some(isStruct)) return arg;
    const [leaves, treedef] = treeFlatten(arg);
    return treeUnflatten(
      treedef,
      leaves.map((leaf) => (isStruct(leaf) ? placeholder(leaf) : leaf)),
    );
  });

export const structOf = ({ visibleShape, dtype, weakType, key }: Aval): ShapeDtypeStruct =>
  new ShapeDtypeStruct(visibleShape, key ? (keyDType as DType) : dtype, { weakType });
