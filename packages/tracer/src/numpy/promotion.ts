/**
 * JAX's type promotion: the least upper bound in a lattice whose weak members (`i*`, `f*`, `c*`) stand for JavaScript
 * scalars. With x64 off, 64-bit results narrow afterwards.
 */

import { type DType, type DTypeKind, dtypeTable } from "@fluxion/ir";
import { config } from "../core/config.ts";
import { atLocation, TypePromotionError } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { typeError } from "../core/user-error.ts";

type Node = DType | "i*" | "f*" | "c*";

/** Edges of the lattice, each dtype to the next larger ones. */
const edges: Record<Node, readonly Node[]> = {
  bool: ["i*"],
  "i*": ["uint8", "int8"],
  uint8: ["int16", "uint16"],
  uint16: ["int32", "uint32"],
  uint32: ["int64", "uint64"],
  uint64: ["f*"],
  int8: ["int16"],
  int16: ["int32"],
  int32: ["int64"],
  int64: ["f*"],
  "f*": ["bfloat16", "float16", "c*"],
  bfloat16: ["float32"],
  float16: ["float32"],
  float32: ["float64", "complex64"],
  float64: ["complex128"],
  "c*": ["complex64"],
  complex64: ["complex128"],
  complex128: [],
};

function ancestors(node: Node): ReadonlySet<Node> {
  const found = new Set<Node>([node]);
  for (const next of edges[node]) for (const above of ancestors(next)) found.add(above);
  return found;
}

const above = new Map((Object.keys(edges) as Node[]).map((node) => [node, ancestors(node)] as const));
const aboveOf = (node: Node): ReadonlySet<Node> => above.get(node) ?? new Set();

const joins = new Map<string, Node>();

function join(a: Node, b: Node): Node {
  if (a === b) return a;
  const key = `${a} ${b}`;
  const found = joins.get(key) ?? leastAbove(a, b);
  joins.set(key, found);
  return found;
}

function leastAbove(a: Node, b: Node): Node {
  const common = [...aboveOf(a)].filter((node) => aboveOf(b).has(node));
  const least = common.find((node) => common.every((other) => aboveOf(node).has(other)));
  if (least === undefined) throw typeError(`no common type for ${a} and ${b}`);
  return least;
}

const weakNode = (dtype: DType): Node => {
  const { kind } = dtypeTable[dtype];
  return kind === "bool" ? "bool" : kind === "float" ? "f*" : kind === "complex" ? "c*" : "i*";
};

/** What promotion needs to know of an operand. */
export interface Promotable {
  readonly dtype: DType;
  readonly weakType: boolean;
}

const narrowed: Partial<Record<DType, DType>> = {
  int64: "int32",
  uint64: "uint32",
  float64: "float32",
  complex128: "complex64",
};

/** The dtype that arrays may have: 64-bit ones narrow unless `config.enableX64`. */
export const canonicalDType = (dtype: DType): DType =>
  config.enableX64 ? dtype : (narrowed[dtype] ?? dtype);

/** Default int, float and complex dtypes. */
export const defaultInt = (): DType => canonicalDType("int64");
export const defaultFloat = (): DType => canonicalDType("float64");
export const defaultComplex = (): DType => canonicalDType("complex128");

/** The float that bool and integers become in functions of floats: float64 for 64-bit integers only. */
export const inexactDType = (dtype: DType): DType => {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "float" || kind === "complex") return dtype;
  return bits === 64 ? "float64" : "float32";
};

/** The dtype of a weak scalar that met no strong one. */
function weakDType(node: Node): DType {
  return node === "i*"
    ? defaultInt()
    : node === "f*"
      ? defaultFloat()
      : node === "c*"
        ? defaultComplex()
        : (node as DType);
}

const cache = new Map<string, Promotable>();

/** The type that operands of these types take together, with its weakness. */
export function resultType(operands: readonly Promotable[]): Promotable {
  const key = operands.map(({ dtype, weakType }) => dtype + (weakType ? "~" : "")).join() + config.enableX64;
  if (config.numpyDtypePromotion === "strict") checkStrict(operands);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const result = computeResultType(operands);
  cache.set(key, result);
  return result;
}

/** What each weak type may become under strict promotion. */
const strictKinds: Readonly<Record<string, readonly DTypeKind[]>> = {
  "i*": ["int", "uint", "float", "complex"],
  "f*": ["float", "complex"],
  "c*": ["complex"],
};

/** @throws TypePromotionError unless the strong operands have one dtype that every weak one fits. */
function checkStrict(operands: readonly Promotable[]): void {
  const strong = new Set(operands.filter(({ weakType }) => !weakType).map(({ dtype }) => dtype));
  const [dtype] = strong;
  if (dtype === undefined) return;
  const weak = operands.filter(({ weakType }) => weakType).map((x) => weakNode(x.dtype));
  if (strong.size === 1 && weak.every((node) => strictKinds[node]?.includes(dtypeTable[dtype].kind))) return;
  const names = [...new Set([...strong, ...weak.map((node) => weakNames[node] ?? node)])].sort();
  throw new TypePromotionError(
    `Input dtypes (${names.map((name) => `'${name}'`).join(", ")}) have no available implicit dtype promotion path when ` +
      `numpyDtypePromotion="strict". Cast the operands explicitly with x.astype(dtype), or ` +
      `config.update("numpyDtypePromotion", "standard")${atLocation(userLocation())}`,
  );
}

const weakNames: Readonly<Record<string, string>> = {
  "i*": "integer scalar",
  "f*": "float scalar",
  "c*": "complex scalar",
};

function computeResultType(operands: readonly Promotable[]): Promotable {
  const allWeak = operands.every(({ weakType }) => weakType);
  if (allWeak) {
    // All weak: the lattice of the plain dtypes decides, and the result stays weak.
    const node = operands.map(({ dtype }) => dtype as Node).reduce(join);
    return {
      dtype: canonicalDType(weakDType(node)),
      weakType: operands.every(({ dtype }) => dtype !== "bool"),
    };
  }
  const node = operands
    .map(({ dtype, weakType }) => (weakType ? weakNode(dtype) : (dtype as Node)))
    .reduce(join);
  const weakType = node === "i*" || node === "f*" || node === "c*";
  return { dtype: canonicalDType(weakDType(node)), weakType };
}
