/** The neutral elements of reductions. */
import { dtypeTable, isWideInt, type kernel as k, type RealDType } from "@fluxion/ir";

/** What changes nothing when it is folded in, if the reduction is a plain op on one operand. */
export function identitiesOf({ combine, elements }: k.ReduceStmt): [number | bigint] | undefined {
  if (combine.monoid === undefined || elements.length !== 1) return undefined;
  const [{ dtype }] = elements;
  const value = identities[combine.monoid](dtype);
  return [isWideInt(dtype) ? BigInt(value) : value];
}

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

type Monoid = Exclude<k.Combine["monoid"], undefined>;

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
