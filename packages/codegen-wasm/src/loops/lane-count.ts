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

/** Vector registers of the machine, less the one that the engine keeps for itself. */
const REGISTERS = 15;
/** Of heavy bodies this many vectors are enough to overlap. */
const HEAVY_REGISTERS = 3;

/**
 * Lanes of a loop whose iterations are not folded with each other: of a short loop around loops as many as the registers
 * hold, so that those run once or few times.
 */
export function loopLanes(body: readonly k.Stmt[], variance: k.Variance, extent: number): number {
  const weight = weightOf(body);
  const hasLoop = body.some(({ kind }) => kind === "reduce" || kind === "for");
  if (!hasLoop || extent % 4 !== 0 || extent * weight.bytes > 128) return laneCount(body, variance, extent);
  const isHeavy = weight.cost > HEAVY;
  const registers = isHeavy ? HEAVY_REGISTERS : Math.floor(REGISTERS / liveValues(body));
  const isWhole = (lanes: number): boolean => extent % lanes === 0 && isSmooth(weight, variance, lanes);
  for (let lanes = extent; lanes >= 8; lanes -= 4)
    if (lanes * weight.bytes <= 16 * registers && isWhole(lanes)) return lanes;
  return !isHeavy && isWhole(extent) ? extent : laneCount(body, variance, extent);
}

/** Values that the loops in a body keep in registers, for each vector of the loop around them, and one to compute with. */
function liveValues(body: readonly k.Stmt[]): number {
  const kept = body.filter(({ kind }) => kind === "let").length;
  const totals = body.map((stmt) => (stmt.kind === "reduce" ? stmt.accumulators.length : 0));
  return kept + Math.max(0, ...totals) + 1;
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
