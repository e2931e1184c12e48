/**
 * split-scans: a long cumulative reduction becomes scans of blocks, a scan of the blocks' totals, and their combination.
 *
 *     cumsum x: 1000000      reshape 977 × 1024, cumsum dim 1; cumsum of the last column; add the totals before each row
 *
 * Why: on a GPU one invocation runs a scan from end to end, at a small part of the machine's speed. On the CPU a core does it
 * at full speed, so there nothing is split. The order of the fold is free, as in split-reductions.
 */

import {
  type Builder,
  literal,
  type Module,
  type OperationOf,
  type Region,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import type { TargetInfo } from "../lower/target.ts";
import { cumulativeAxis, windowOf } from "../lower/window-kernel.ts";
import { rewriteEach } from "./rewrite.ts";
import { identityOf, type Monoid, monoidOf } from "./split-reductions.ts";

/** Scans of at least so many elements are split, unless there are as many side by side as keep the machine busy. */
const longScan = 2048;
const manyScans = 1024;

export function splitScans(module: Module, target: TargetInfo): Module {
  if (target.longTasks) return module;
  return rewriteEach(module, "reduce_window", split);
}

function split(
  op: OperationOf<"reduce_window">,
  operands: readonly Value[],
  b: Builder,
): readonly Value[] | undefined {
  const monoid = monoidOf(op);
  const scan = cumulativeAxis(op, windowOf(op));
  if (monoid === undefined || scan === undefined) return undefined;
  const [x, init] = operands;
  const { shape } = x.type;
  const length = shape[scan.axis];
  if (length < longScan || sizeOf(shape) / length >= manyScans) return undefined;
  const turn = (value: Value): Value =>
    scan.reverse ? b.one("reverse", [value], { dimensions: [scan.axis] }) : value;
  const scanned = turn(new BlockScan(b, monoid, op.regions[0]).scan(turn(x), scan.axis));
  return [b.op(monoid, b.broadcast(init, shape, []), scanned)];
}

class BlockScan {
  readonly b: Builder;
  readonly monoid: Monoid;
  readonly body: Region;

  constructor(b: Builder, monoid: Monoid, body: Region) {
    this.b = b;
    this.monoid = monoid;
    this.body = body;
  }

  scan(x: Value, axis: number): Value {
    const { b } = this;
    const { shape } = x.type;
    const [before, length, after] = [shape.slice(0, axis), shape[axis], shape.slice(axis + 1)];
    const block = 2 ** Math.ceil(Math.log2(length) / 2);
    const blocks = Math.ceil(length / block);
    const filled = this.#pad(x, axis, 0, blocks * block - length);
    const rows = this.#running(b.reshape(filled, [...before, blocks, block, ...after]), axis + 1);
    const last = this.#slice(rows, axis + 1, block - 1, block);
    const totals = this.#running(b.reshape(last, [...before, blocks, ...after]), axis);
    const offsets = this.#pad(this.#slice(totals, axis, 0, blocks - 1), axis, 1, 0);
    const dimensions = rows.type.shape.map((_, i) => i).filter((i) => i !== axis + 1);
    const all = b.op(this.monoid, b.broadcast(offsets, rows.type.shape, dimensions), rows);
    return this.#slice(b.reshape(all, [...before, blocks * block, ...after]), axis, 0, length);
  }

  #identity(x: Value): Value {
    return this.b.scalar(x.type.dtype, identityOf(this.monoid, x.type.dtype));
  }

  /** The cumulative reduction along one axis. */
  #running(x: Value, axis: number): Value {
    const { shape } = x.type;
    const ones = shape.map(() => 1);
    const edges = shape.flatMap((size, i) => [i === axis ? BigInt(size - 1) : 0n, 0n]);
    return this.b.one(
      "reduce_window",
      [x, this.#identity(x)],
      {
        window_dimensions: shape.map((size, i) => (i === axis ? size : 1)),
        window_strides: ones,
        base_dilations: ones,
        window_dilations: ones,
        padding: literal("int64", [shape.length, 2], BigInt64Array.from(edges)),
      },
      { regions: [this.body] },
    );
  }

  #pad(x: Value, axis: number, low: number, high: number): Value {
    if (low + high === 0) return x;
    const at = (size: number): number[] => x.type.shape.map((_, i) => (i === axis ? size : 0));
    return this.b.one("pad", [x, this.#identity(x)], {
      edge_padding_low: at(low),
      edge_padding_high: at(high),
      interior_padding: at(0),
    });
  }

  #slice(x: Value, axis: number, from: number, to: number): Value {
    const { shape } = x.type;
    return this.b.one("slice", [x], {
      start_indices: shape.map((_, i) => (i === axis ? from : 0)),
      limit_indices: shape.map((size, i) => (i === axis ? to : size)),
      strides: shape.map(() => 1),
    });
  }
}
