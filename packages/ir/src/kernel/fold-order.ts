/**
 * What may be done with the order of a reduction. Spreading it over lanes or invocations lets each fold every n-th element,
 * which changes the order of elements, not only how they are bracketed.
 */
import { dtypeTable, isWideInt, type RealDType } from "../dtype.ts";
import { strideIn } from "./index-expr.ts";
import type { Combine, Expr, Local, ReduceStmt, Stmt } from "./types.ts";

const { POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;

function lowest(dtype: RealDType): number | bigint {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "float") return NEGATIVE_INFINITY;
  return kind === "int" ? -(2n ** BigInt(bits - 1)) : 0n;
}

function highest(dtype: RealDType): number | bigint {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "float") return POSITIVE_INFINITY;
  return kind === "int" ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
}

export type Monoid = Exclude<Combine["monoid"], undefined>;

/** −0 is what leaves every float as it is under addition, −0 too. On bool sums are ors and products ands. */
const identities: Record<Monoid, (dtype: RealDType) => number | bigint> = {
  add: (dtype) => (dtypeTable[dtype].kind === "float" ? -0 : 0),
  multiply: () => 1,
  maximum: (dtype) => lowest(dtype),
  minimum: (dtype) => highest(dtype),
  and: (dtype) => (dtypeTable[dtype].kind === "bool" ? 1 : allOnes(dtype)),
  or: () => 0,
  xor: () => 0,
};

const allOnes = (dtype: RealDType): bigint =>
  dtypeTable[dtype].kind === "uint" ? 2n ** BigInt(dtypeTable[dtype].bits) - 1n : -1n;

export type FoldOrder =
  /** Any order will do; each operand has a neutral element. */
  | { readonly kind: "any"; readonly identities: readonly (number | bigint)[] }
  /**
   * The result is one of the elements, or parts of two (argmax). One operand is the element's position, so that what is
   * folded out of order can be put in order before it is combined: a NaN is then taken from the left, as it should be.
   */
  | { readonly kind: "positions"; readonly operand: number };

/** Nothing if the elements must be folded one after the other. */
export function foldOrder(stmt: ReduceStmt): FoldOrder | undefined {
  const results = stmt.combine.results.map((e) => resolve(e, stmt.combine.body));
  const monoids = results.map((e, i) => monoidOf(e, stmt.combine, i));
  if (monoids.every((monoid) => monoid !== undefined)) {
    const identities = monoids.map((monoid, i) => neutral(monoid, stmt.elements[i].dtype));
    return { kind: "any", identities };
  }
  if (!results.every((e, i) => isChoice(e, stmt.combine, i))) return undefined;
  const operand = stmt.elements.findIndex((e) => isPosition(resolve(e, stmt.body), stmt));
  return operand < 0 ? undefined : { kind: "positions", operand };
}

function neutral(monoid: Monoid, dtype: RealDType): number | bigint {
  const value = identities[monoid](dtype);
  return isWideInt(dtype) ? BigInt(value) : value;
}

/** An expression with the definition of a local in its place. */
function resolve(e: Expr, body: readonly Stmt[]): Expr {
  if (e.kind !== "local") return e;
  const definition = body.find((stmt) => stmt.kind === "let" && stmt.local === e.local && !e.local.mutable);
  return definition?.kind === "let" ? definition.value : e;
}

const isUse = (e: Expr, local: Local): boolean => e.kind === "local" && e.local === local;

/** Whether two expressions are the two sides of operand i, in either order. */
function areSides(a: Expr, b: Expr, { lhs, rhs }: Combine, i: number): boolean {
  return (isUse(a, lhs[i]) && isUse(b, rhs[i])) || (isUse(a, rhs[i]) && isUse(b, lhs[i]));
}

function monoidOf(e: Expr, combine: Combine, i: number): Monoid | undefined {
  if (e.kind !== "op" || e.args.length !== 2 || !areSides(e.args[0], e.args[1], combine, i)) return undefined;
  return Object.keys(identities).find((name): name is Monoid => name === e.opcode);
}

function isChoice(e: Expr, combine: Combine, i: number): boolean {
  return e.kind === "op" && e.opcode === "select" && areSides(e.args[1], e.args[2], combine, i);
}

/** Whether an element is an integer that grows along the innermost loop. */
function isPosition(e: Expr, { loops, body }: ReduceStmt): boolean {
  const value = e.kind === "convert" ? resolve(e.arg, body) : e;
  const last = loops.at(-1);
  if (value.kind !== "index" || last === undefined || dtypeTable[e.dtype].bits < 32) return false;
  return dtypeTable[e.dtype].kind !== "float" && (strideIn(value.index, last.var) ?? 0) > 0;
}
