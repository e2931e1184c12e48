/**
 * Float maxima and minima by integer instructions. The engine's float maximum takes about seven instructions, for the
 * sake of NaN and −0. As integers, floats without a sign bit are ordered as they should be, those with one in reverse;
 * so three integer extrema, one instruction each, tell the answer:
 *
 *     maximum: the largest as signed integers if that has no sign bit, else the smallest
 *     minimum: the largest as unsigned integers if that has a sign bit, else the smallest as signed integers
 *
 * A NaN beyond an infinity shows as the largest, as signed integers if it has no sign bit, else as unsigned ones.
 */
import { kernel as k } from "@fluxion/ir";
import { scalarTypeOf } from "../scalar/types.ts";

export interface IntegerReduce {
  readonly stmt: k.ReduceStmt;
  /** Statements that define the accumulators of the original reduction. */
  readonly after: readonly k.Stmt[];
}

const INFINITY = 0x7f800000;
const NEGATIVE_INFINITY = 0xff800000;

/** The reduction on integers, if it is a maximum or minimum of values that are held as float32. */
export function asIntegers(stmt: k.ReduceStmt): IntegerReduce | undefined {
  const { monoid } = stmt.combine;
  const [element] = stmt.elements;
  if (monoid !== "maximum" && monoid !== "minimum") return undefined;
  if (stmt.elements.length !== 1 || scalarTypeOf(element.dtype) !== "f32") return undefined;
  const types = ["int32", "int32", "uint32"] as const;
  const locals = (name: string): k.Local[] => types.map((dtype) => new k.Local(name, dtype));
  const [lhs, rhs, accumulators] = [locals("a"), locals("b"), locals("bits")];
  const ops = ["maximum", "minimum", "maximum"] as const;
  const bits = new k.Local("element", "int32");
  const spread = (value: k.Expr): k.Expr[] => types.map((dtype) => k.bitcast(value, dtype));
  const toBits = (value: k.Expr): k.Expr => k.bitcast(k.convert(value, "float32"), "int32");
  return {
    stmt: {
      ...stmt,
      body: [...stmt.body, k.letStmt(bits, toBits(element))],
      elements: spread(k.use(bits)),
      accumulators,
      init: spread(toBits(stmt.init[0])),
      combine: {
        lhs,
        rhs,
        body: [],
        results: ops.map((op, i) => k.scalarOp(op, types[i], k.use(lhs[i]), k.use(rhs[i]))),
      },
    },
    after: [k.letStmt(stmt.accumulators[0], decode(monoid, accumulators, element.dtype))],
  };
}

function decode(
  monoid: "maximum" | "minimum",
  [signedMax, signedMin, unsignedMax]: readonly k.Local[],
  dtype: k.Expr["dtype"],
): k.Expr {
  const [high, low] = [k.use(signedMax), k.use(signedMin)];
  const top = k.bitcast(k.use(unsignedMax), "int32");
  const unsignedAbove = (limit: number): k.Expr =>
    k.compare("GT", k.use(unsignedMax), k.constant("uint32", limit));
  const bits =
    monoid === "maximum"
      ? k.select(
          unsignedAbove(NEGATIVE_INFINITY),
          top,
          k.select(k.compare("GE", high, k.constant("int32", 0)), high, low),
        )
      : k.select(
          k.compare("GT", high, k.constant("int32", INFINITY)),
          high,
          k.select(unsignedAbove(2 ** 31 - 1), top, low),
        );
  return k.convert(k.bitcast(bits, "float32"), dtype);
}

/** Every local that the reduction on integers adds. */
export const localsOf = ({ stmt }: IntegerReduce): k.Local[] => [
  ...stmt.accumulators,
  ...stmt.combine.lhs,
  ...stmt.combine.rhs,
  ...stmt.body.flatMap((inner) => (inner.kind === "let" ? [inner.local] : [])),
];
