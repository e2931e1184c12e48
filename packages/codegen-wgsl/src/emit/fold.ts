/** Folding what the invocations of a workgroup hold into one value that all of them know. */

import { kernel as k, type RealDType } from "@fluxion/ir";
import type { WgslLimits } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import type { ShaderText } from "./shader.ts";
import { constantText, type Lanes, laneOf, registerOf, type Value } from "./text.ts";

/** What changes nothing when it takes part in a fold; nothing if the elements must be folded in order. */
export function identityTexts(stmt: k.ReduceStmt): readonly string[] | undefined {
  const order = k.foldOrder(stmt);
  if (order?.kind !== "any") return undefined;
  return stmt.init.map((init, i) => {
    const { dtype } = stmt.elements[i];
    // A sum that starts from 0 may start from it more than once.
    const isZero = init.kind === "const" && Number(init.value) === 0 && Number(order.identities[i]) === 0;
    return constantText(dtype, isZero ? init.value : order.identities[i]);
  });
}

/** Whether the initial values are the identities themselves, so that they need not take part again. */
export const startsFrom = (identities: readonly string[], init: readonly k.Expr[]): boolean =>
  init.every((expr, i) => expr.kind === "const" && constantText(expr.dtype, expr.value) === identities[i]);

/** The fold of the lanes of each accumulator. */
export function foldLanes(emitter: Emitter, combine: k.Combine, accumulators: readonly Value[]): Value[] {
  const lane = (i: number): Value[] => accumulators.map((value) => ({ text: laneOf(value, i), lanes: 1 }));
  let sums = lane(0);
  for (let i = 1; i < 4; i++) sums = named(emitter, combine, emitter.combine(combine, sums, lane(i)));
  return sums;
}

/** Values under names of their own, so that they may be used more than once. */
export function named(emitter: Emitter, combine: k.Combine, values: readonly Value[]): Value[] {
  return values.map((value, i): Value => {
    if (/^\w+$/.test(value.text)) return value;
    const name = emitter.names.fresh(combine.lhs[i].name);
    emitter.writer.line(`let ${name} = ${value.text};`);
    return { text: name, lanes: value.lanes };
  });
}

const arrayNames = { all: "sums", some: "totals", subgroups: "parts" } as const;

/** Workgroup arrays for partial results, shared by all folds of a shader. */
export class Partials {
  readonly shader: ShaderText;
  readonly size: number;
  /** Whether the workgroup consists of whole subgroups, each a run of neighbours. */
  readonly hasRuns: boolean;
  readonly #arrays = new Map<string, string>();
  #subgroup: { readonly place: string; readonly invocations: string } | undefined;

  constructor(shader: ShaderText, size: number, { longestSubgroupRun }: WgslLimits) {
    this.shader = shader;
    this.size = size;
    this.hasRuns = longestSubgroupRun > 0 && size % longestSubgroupRun === 0;
  }

  /** An invocation's place in its subgroup, and the invocations of that, as the entry point's inputs. */
  subgroup(): { readonly place: string; readonly invocations: string } {
    const { shader } = this;
    shader.enable("subgroups");
    this.#subgroup ??= {
      place: shader.builtin(shader.names.fresh("place"), "u32", "subgroup_invocation_id"),
      invocations: shader.builtin(shader.names.fresh("invocations"), "u32", "subgroup_size"),
    };
    return this.#subgroup;
  }

  /** The name of the array for a fold's i-th value at one of its levels: all invocations, some of them, or subgroups. */
  array(dtype: RealDType, ordinal: number, level: keyof typeof arrayNames, elements: number): string {
    const type = registerOf(dtype);
    const key = `${type}.${ordinal}.${level}`;
    const known = this.#arrays.get(key);
    if (known !== undefined) return known;
    const name = this.shader.workgroup(arrayNames[level], `array<${type}, ${elements}>`);
    this.#arrays.set(key, name);
    return name;
  }
}

/** The least that a subgroup may have. */
const leastSubgroup = 4;

/**
 * The fold of one value from each invocation, in any order: by exchange within subgroups, then of one value from each
 * subgroup, which every invocation does for itself. The second barrier lies between the last reading of the array and its next
 * writing.
 */
export function foldSubgroups(
  emitter: Emitter,
  partials: Partials,
  combine: k.Combine,
  values: readonly Value[],
  lid: string,
): Value[] {
  const { writer, names } = emitter;
  const { size } = partials;
  const { place, invocations } = partials.subgroup();
  const totals = values.map(({ text }, i): Value => {
    const { name, dtype } = combine.lhs[i];
    return { text: emitter.declare(name, dtype, text, 1), lanes: 1 };
  });
  const distance = names.fresh("distance");
  emitter.block(`for (var ${distance} = 1u; ${distance} < ${invocations}; ${distance} <<= 1u)`, () => {
    const others = totals.map(({ text }): Value => {
      const name = names.fresh("other");
      writer.line(`let ${name} = subgroupShuffleXor(${text}, ${distance});`);
      return { text: name, lanes: 1 };
    });
    emitter.accumulate(combine, totals, others);
  });
  const arrays = combine.lhs.map(({ dtype }, i) =>
    partials.array(dtype, i, "subgroups", size / leastSubgroup),
  );
  emitter.block(`if (${place} == 0u)`, () => {
    totals.forEach(({ text }, i) => {
      writer.line(`${arrays[i]}[${lid} / ${invocations}] = ${text};`);
    });
  });
  writer.line("workgroupBarrier();");
  const sums = foldArray(emitter, combine, arrays, "0u", `${size}u / ${invocations}`);
  writer.line("workgroupBarrier();");
  return sums;
}

/**
 * The fold of one value from each invocation, in two steps of about √size, since barriers cost more than a few additions:
 * A invocations fold B neighbours each, then every invocation folds the A results, all in the order of the invocations. A
 * barrier lies between the last reading of an array and its next writing.
 */
export function foldGroup(
  emitter: Emitter,
  partials: Partials,
  combine: k.Combine,
  values: readonly Value[],
  lid: string,
): Value[] {
  const { size } = partials;
  if (size === 1) return [...values];
  const inner = 2 ** Math.ceil(Math.log2(size) / 2);
  const outer = size / inner;
  const arrays = (level: "all" | "some", elements: number): string[] =>
    combine.lhs.map(({ dtype }, i) => partials.array(dtype, i, level, elements));
  const first = arrays("all", size);
  values.forEach(({ text }, i) => {
    emitter.writer.line(`${first[i]}[${lid}] = ${text};`);
  });
  emitter.writer.line("workgroupBarrier();");
  const second = arrays("some", outer);
  emitter.block(`if (${lid} < ${outer}u)`, () => {
    const sums = foldArray(emitter, combine, first, `${lid} * ${inner}u`, inner);
    sums.forEach(({ text }, i) => {
      emitter.writer.line(`${second[i]}[${lid}] = ${text};`);
    });
  });
  emitter.writer.line("workgroupBarrier();");
  return foldArray(emitter, combine, second, "0u", outer);
}

/** The fold of `count` elements of each array from `start` on. */
function foldArray(
  emitter: Emitter,
  combine: k.Combine,
  arrays: readonly string[],
  start: string,
  count: number | string,
): Value[] {
  const lanes: Lanes = 1;
  const sums = arrays.map((array, i): Value => {
    const { name, dtype } = combine.lhs[i];
    return { text: emitter.declare(name, dtype, `${array}[${start}]`, lanes), lanes };
  });
  if (count === 1) return sums;
  const j = emitter.names.fresh("j");
  const at = start === "0u" ? j : `${start} + ${j}`;
  emitter.block(
    `for (var ${j} = 1u; ${j} < ${typeof count === "number" ? `${count}u` : count}; ${j}++)`,
    () => {
      const elements = arrays.map((array): Value => ({ text: `${array}[${at}]`, lanes }));
      emitter.accumulate(combine, sums, elements);
    },
  );
  return sums;
}
