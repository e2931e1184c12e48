/** What fusion makes of a block: groups of operations. */

import type { Operation, Value } from "@fluxion/ir";

/** Rows and what is folded of each: the dimensions of the full shape, split. */
export interface RowSpace {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

export type GroupKind = "loop" | "rows" | "gemm" | "reduce" | "opaque";

/** Operations that become one kernel (or, if opaque, a few commands). */
export interface Group {
  kind: GroupKind;
  /** In program order. */
  readonly operations: Set<Operation>;
  /** Values that the group must leave in buffers. */
  readonly outputs: Set<Value>;
  /** Shape that the loops run over; for rows, of the rows or of rows × columns. */
  shape: readonly number[];
  space: RowSpace | undefined;
  /** The matrix product, reduction or opaque operation that the group is built around. */
  root: Operation | undefined;
}

/** What a gather reads lies at other rows than the one that a loop is at. */
export const hasGather = ({ operations }: Group): boolean =>
  [...operations].some(({ opcode }) => opcode === "gather");
