/** Regions on scalars (comparators, update computations) as statements. */

import { entriesPerElement, isComplex, kernel as k, type Region, returned, type Value } from "@fluxion/ir";
import { ElementEmitter } from "./emit-at.ts";
import { linearIndex } from "./index-maps.ts";
import { type Cell, Scope } from "./scope.ts";

/** Adds the region's operations to `scope`, whose loops bind what the arguments need, and gives the cells that it returns. */
export function emitBody(
  region: Region,
  args: readonly Cell[],
  outer: (value: Value) => Cell,
  scope: Scope,
): Cell[] {
  const cells = new Map(region.arguments.map((argument, i) => [argument, args[i]] as const));
  const definitions = new Map(
    region.operations.flatMap((op) => op.results.map((result) => [result, op] as const)),
  );
  const emitter = new ElementEmitter({
    bufferOf: () => undefined,
    definition: (value) => definitions.get(value),
    override: (value) => cells.get(value) ?? (definitions.has(value) ? undefined : outer(value)),
  });
  // A scope of its own: what the arguments are is not known to the scopes around it.
  const own = new Scope(undefined, []);
  const results = returned(region).map((value) => emitter.at(value, [], own));
  scope.body.push(...own.body);
  return results;
}

/** A buffer whose elements are cells: complex ones take two entries. */
export class CellBuffer {
  readonly ref: k.BufferRef;
  readonly value: Value;

  constructor(ref: k.BufferRef, value: Value) {
    this.ref = ref;
    this.value = value;
  }

  load(position: k.Index, scope: Scope): Cell {
    if (!isComplex(this.value.type.dtype)) return { re: define(scope, k.load(this.ref, position)) };
    const re = k.indexScale(position, 2);
    return {
      re: define(scope, k.load(this.ref, re)),
      im: define(scope, k.load(this.ref, k.indexAdd(re, k.indexConst(1)))),
    };
  }

  store(position: k.Index, { re, im }: Cell, scope: Scope): void {
    const entries = entriesPerElement(this.value.type.dtype);
    const at = k.indexScale(position, entries);
    scope.body.push(k.store(this.ref, at, re));
    if (entries === 2)
      scope.body.push(
        k.store(this.ref, k.indexAdd(at, k.indexConst(1)), im ?? k.constant(this.ref.dtype, 0)),
      );
  }

  /** Row-major position of indices of the value's shape. */
  position(indices: readonly k.Index[]): k.Index {
    return linearIndex(this.value.type.shape, indices);
  }
}

/** A load happens where it stands: memory may change between two of them. */
const define = (scope: Scope, value: k.Expr): k.Expr => scope.define("x", value);
