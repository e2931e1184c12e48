/** How many iterations of a loop are done side by side. */
import { dtypeTable, kernel as k } from "@fluxion/ir";

interface Weight {
  /** Instructions for one vector, roughly. */
  cost: number;
  /** Bytes of the widest element. */
  bytes: number;
  indices: k.Index[];
}

const CHEAP = new Set<string>([
  "add",
  "subtract",
  "multiply",
  "divide",
  "negate",
  "abs",
  "maximum",
  "minimum",
]);

/** Bodies of more instructions than this have enough to overlap with half as many lanes. */
const HEAVY = 60;

/**
 * A vector's lanes: a power of two, at least four. Several registers side by side overlap the latencies of their
 * instructions and share constants, of which a longer function has more than the machine has registers.
 */
export function laneCount(body: readonly k.Stmt[], variance: k.Variance, extent: number): number {
  const weight = weightOf(body);
  const wanted = weight.cost > HEAVY ? 8 : 16;
  let lanes = weight.bytes === 8 ? wanted / 2 : wanted;
  while (lanes > 4 && (lanes > extent || !isSmooth(weight, variance, lanes))) lanes /= 2;
  return lanes;
}

/** Lanes of a loop whose iterations are not folded with each other: all of a short loop around loops, which then run once. */
export function loopLanes(body: readonly k.Stmt[], variance: k.Variance, extent: number): number {
  const weight = weightOf(body);
  const hasLoop = body.some(({ kind }) => kind === "reduce" || kind === "for");
  const isShort = extent % 4 === 0 && extent * weight.bytes <= 128;
  if (hasLoop && isShort && weight.cost <= HEAVY && isSmooth(weight, variance, extent)) return extent;
  return laneCount(body, variance, extent);
}

/** Whether indices that wrap around are regular at this width (or at no width). */
function isSmooth(weight: Weight, variance: k.Variance, count: number): boolean {
  const strideAt = (n: number) => (index: k.Index) =>
    k.laneStride(index, { variance, lanes: n, alignment: n }) !== undefined;
  return weight.indices.every((index) => strideAt(count)(index) || !strideAt(4)(index));
}

function weightOf(body: readonly k.Stmt[]): Weight {
  const weight: Weight = { cost: 0, bytes: 4, indices: [] };
  weigh(body, weight);
  return weight;
}

function weigh(body: readonly k.Stmt[], weight: Weight): void {
  const ofExpr = (e: k.Expr): void => {
    weight.bytes = Math.max(weight.bytes, dtypeTable[e.dtype].bytes);
    weight.indices.push(...k.indicesOf(e));
    if (e.kind === "op") weight.cost += CHEAP.has(e.opcode) ? 1 : e.opcode === "select" ? 2 : 20;
    else if (e.kind !== "local" && e.kind !== "const") weight.cost += 1;
    k.childrenOf(e).forEach(ofExpr);
  };
  for (const stmt of body) {
    k.expressionsOf(stmt).forEach(ofExpr);
    if (stmt.kind === "store") weight.indices.push(stmt.index);
    for (const inner of k.bodiesOf(stmt)) weigh(inner, weight);
  }
}
