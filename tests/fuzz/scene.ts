/** The state of a program being generated: the values made so far and what may still be made. */

import { type Builder, type DType, type Func, type Opcode, type Shape, sizeOf, splat } from "@fluxion/ir";
import { type Box, type Known, magnitude } from "./bounds.ts";
import type { Random } from "./random.ts";

export interface Limits {
  /** The dtypes of this program's values. */
  readonly dtypes: readonly DType[];
  /** The dtypes that a program may have at all. */
  readonly allowed: readonly DType[];
  readonly ops: ReadonlySet<Opcode>;
  readonly maxElements: number;
  readonly maxRank: number;
  readonly sizes: readonly number[] | undefined;
  /** Whether inputs hold NaN and infinities. */
  readonly special: boolean;
  /** Private functions of the module, called from anywhere. */
  readonly functions: Func[];
  /** Whether smooth ops are frequent and loops over floats nonlinear. */
  readonly differentiable: boolean;
}

/** Values beyond this size would soon overflow the narrow formats. */
const LARGEST = 2000;
/** A value whose relative uncertainty exceeds this judges nothing. */
const VAGUE = 0.05;

export class Scene {
  readonly random: Random;
  readonly builder: Builder;
  readonly limits: Limits;
  readonly pool: Known[];
  /** Regions inside regions stay shallow. */
  readonly depth: number;
  readonly #sizes: readonly number[];

  constructor(random: Random, builder: Builder, limits: Limits, outer?: Scene) {
    this.random = random;
    this.builder = builder;
    this.limits = limits;
    this.pool = outer ? [...outer.pool] : [];
    this.depth = outer ? outer.depth + 1 : 0;
    this.#sizes = outer ? outer.#sizes : (limits.sizes ?? randomSizes(random));
  }

  /** A scene for a region: it sees the values so far, and its own stay inside. */
  inner(builder: Builder): Scene {
    return new Scene(this.random, builder, this.limits, this);
  }

  may(opcode: Opcode): boolean {
    return this.limits.ops.has(opcode);
  }

  add(known: Known): Known {
    this.pool.push(known);
    return known;
  }

  /** Adds a value that is exact, or tame and known well enough; whether it did. */
  keep(known: Known): boolean {
    const size = magnitude(known);
    const usable = known.exact || (size <= LARGEST && known.error <= VAGUE * Math.max(size, 1e-6));
    if (usable) this.pool.push(known);
    return usable;
  }

  /** A random value that fits, the recent ones more often. */
  find(fits: (known: Known) => boolean): Known | undefined {
    const found = this.pool.filter(fits);
    if (found.length === 0) return undefined;
    const recent = found.slice(-4);
    return this.random.chance(0.5) ? this.random.pick(recent) : this.random.pick(found);
  }

  /** A random shape of rank 0 to 6: few sizes, so that shapes meet; now and then size 0. */
  shape(maxElements = this.limits.maxElements): Shape {
    const rank = Math.min(
      this.limits.maxRank,
      this.random.weighted([
        [2, 0],
        [4, 1],
        [5, 2],
        [4, 3],
        [2, 4],
        [1, 5],
        [1, 6],
      ]),
    );
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis++) {
      const size = this.random.chance(0.02) ? 0 : this.random.pick(this.#sizes);
      shape.push(sizeOf(shape) * size <= maxElements ? size : 1);
    }
    return shape;
  }

  fits(shape: Shape): boolean {
    return sizeOf(shape) <= this.limits.maxElements && shape.length <= this.limits.maxRank;
  }

  /** The value clamped into the box, or itself where it already lies in it. */
  clamped(known: Known, box: Box): Known {
    const { low, high } = known;
    const { dtype } = known.value.type;
    if (low >= box.low && high <= box.high) return known;
    const bound = (x: number) => this.builder.constant(splat(dtype, [], x));
    const value = this.builder.op("clamp", bound(box.low), known.value, bound(box.high));
    return { ...known, value, ...box };
  }
}

function randomSizes(random: Random): number[] {
  const all = [2, 3, 4, 5, 7, 8, 9, 16, 17];
  return [1, ...random.shuffle(all).slice(0, random.int(2, 3))];
}
