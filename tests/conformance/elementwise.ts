/** Conformance cases of elementwise ops: operands on which every correct backend agrees within the op's bound. */

import {
  type DType,
  dtypeTable,
  type ElementwiseOpcode,
  formatType,
  isComplex,
  isFloat,
  type Shape,
} from "@fluxion/ir";
import { type Smooth, smoothOps } from "../fuzz/domains.ts";
import { type Case, exact, type Interval, op } from "./case.ts";

const smooth = new Map<string, Smooth>(smoothOps.map((entry) => [entry.opcode, entry]));

const binaryOps = new Set<ElementwiseOpcode>([
  "add",
  "subtract",
  "multiply",
  "divide",
  "remainder",
  "maximum",
  "minimum",
  "power",
  "atan2",
  "and",
  "or",
  "xor",
  "shift_left",
  "shift_right_arithmetic",
  "shift_right_logical",
  "chlo.mulhi",
  "chlo.next_after",
  "chlo.polygamma",
  "chlo.zeta",
]);

/** Parts of complex products cancel. */
const complexUlps = 8;

/** An op of one or two operands of its result's type; `is_*` give bool, `abs`, `real` and `imag` of complex a real. */
export function elementwiseCase(opcode: ElementwiseOpcode, dtype: DType, shape: Shape): Case | undefined {
  if (opcode === "remainder" && isComplex(dtype)) return undefined; // no one's remainder
  const make = unusual[opcode];
  if (make !== undefined) return make(dtype, shape);
  const type = { dtype, shape };
  const arity = binaryOps.has(opcode) ? 2 : 1;
  const result = resultType(opcode, dtype);
  const entry = isFloat(dtype) || isComplex(dtype) ? smooth.get(opcode) : undefined;
  if (isComplex(dtype) && entry !== undefined && entry.complex === undefined) return undefined;
  const boxes = isComplex(dtype) ? entry?.complex : entry?.boxes;
  const names = arity === 2 ? ["%a", "%b"] : ["%a"];
  return {
    args: names.map((_, i) => ({ type, interval: boxes?.[i] ?? "any" })),
    results: [{ dtype: result, shape }],
    lines: op(
      "%r",
      opcode,
      names,
      names.map(() => type),
      { dtype: result, shape },
    ),
    ulps: ulpsOf(opcode, dtype, entry),
  };
}

function ulpsOf(opcode: ElementwiseOpcode, dtype: DType, entry: Smooth | undefined): number {
  if (isComplex(dtype))
    return entry !== undefined ? complexUlps * entry.ulps : ofModulus.includes(opcode) ? 2 : exact;
  if (opcode === "chlo.erf_inv" && dtype === "float64") return 24; // as its accuracy is stated
  return entry?.ulps ?? exact;
}

/** Ops that take the modulus of complex numbers, a root of a sum of squares. */
const ofModulus: readonly ElementwiseOpcode[] = ["abs", "sign"];

function resultType(opcode: ElementwiseOpcode, dtype: DType): DType {
  if (opcode === "is_finite" || opcode.startsWith("chlo.is_")) return "bool";
  if (opcode !== "abs" || !isComplex(dtype)) return dtype;
  return dtype === "complex64" ? "float32" : "float64";
}

type Make = (dtype: DType, shape: Shape) => Case | undefined;

const unit: Interval = { low: 0.5, high: 2 };
const bool = (shape: Shape): { dtype: DType; shape: Shape } => ({ dtype: "bool", shape });

/** Ops whose operands have types of their own. */
const unusual: Partial<Record<ElementwiseOpcode, Make>> = {
  compare: (dtype, shape) => {
    const { kind } = dtypeTable[dtype];
    const type = formatType({ dtype, shape });
    const how = kind === "float" || kind === "complex" ? "FLOAT" : kind === "int" ? "SIGNED" : "UNSIGNED";
    const directions = kind === "complex" ? ["EQ", "NE"] : ["EQ", "NE", "GE", "GT", "LE", "LT"];
    return {
      args: [{ type: { dtype, shape } }, { type: { dtype, shape } }],
      results: directions.map(() => bool(shape)),
      lines: directions
        .map(
          (direction, i) =>
            `%r${i === 0 ? "" : i} = stablehlo.compare ${direction}, %a, %b, ${how} : (${type}, ${type}) -> ${formatType(bool(shape))}`,
        )
        .join("\n"),
      ulps: exact,
    };
  },
  select: (dtype, shape) => ({
    args: [{ type: bool(shape) }, { type: { dtype, shape } }, { type: { dtype, shape } }],
    results: [{ dtype, shape }],
    lines: `%r = stablehlo.select %a, %b, %c : ${formatType(bool(shape))}, ${formatType({ dtype, shape })}`,
    ulps: exact,
  }),
  clamp: (dtype, shape) => {
    if (isComplex(dtype)) return undefined;
    const [scalar, type] = [formatType({ dtype, shape: [] }), formatType({ dtype, shape })];
    return {
      args: [{ type: { dtype, shape: [] } }, { type: { dtype, shape } }, { type: { dtype, shape: [] } }],
      results: [{ dtype, shape }],
      lines: `%r = stablehlo.clamp %a, %b, %c : (${scalar}, ${type}, ${scalar}) -> ${type}`,
      ulps: exact,
    };
  },
  /** To every other type that the value surely fits: floats of small size, and integers. */
  convert: (dtype, shape) => {
    if (isComplex(dtype)) return undefined;
    const targets = (["bool", "int8", "uint16", "int32", "float16", "bfloat16", "float32"] as const).filter(
      (target) => target !== dtype,
    );
    return {
      args: [{ type: { dtype, shape }, interval: { low: 0, high: 100 } }],
      results: targets.map((target) => ({ dtype: target, shape })),
      lines: targets
        .map((target, i) =>
          op(`%r${i === 0 ? "" : i}`, "convert", ["%a"], [{ dtype, shape }], { dtype: target, shape }),
        )
        .join("\n"),
      ulps: exact,
    };
  },
  reduce_precision: (dtype, shape) =>
    isFloat(dtype)
      ? {
          args: [{ type: { dtype, shape }, interval: unit }],
          results: [{ dtype, shape }],
          lines: `%r = stablehlo.reduce_precision %a, format = e5m4 : ${formatType({ dtype, shape })}`,
          ulps: exact,
        }
      : undefined,
  complex: (dtype, shape) => {
    if (dtype !== "float32" && dtype !== "float64") return undefined;
    const result = { dtype: dtype === "float32" ? "complex64" : "complex128", shape } as const;
    const type = { dtype, shape };
    return {
      args: [{ type }, { type }],
      results: [result],
      lines: op("%r", "complex", ["%a", "%b"], [type, type], result),
      ulps: exact,
    };
  },
  real: (dtype, shape) => part("real", dtype, shape),
  imag: (dtype, shape) => part("imag", dtype, shape),
  "chlo.polygamma": (dtype, shape) => {
    const type = { dtype, shape };
    return isFloat(dtype)
      ? {
          args: [{ type, interval: { low: 1, high: 4 } }],
          results: [type],
          lines: `%n = stablehlo.constant dense<2.0> : ${formatType(type)}\n${op("%r", "chlo.polygamma", ["%n", "%a"], [type, type], type)}`,
          ulps: 32,
        }
      : undefined;
  },
  "chlo.next_after": (dtype, shape) => {
    const type = { dtype, shape };
    return {
      args: [{ type, interval: unit }, { type }],
      results: [type],
      lines: op("%r", "chlo.next_after", ["%a", "%b"], [type, type], type),
      ulps: exact,
    };
  },
};

function part(opcode: "real" | "imag", dtype: DType, shape: Shape): Case | undefined {
  if (!isComplex(dtype)) return undefined;
  const result = { dtype: dtype === "complex64" ? "float32" : "float64", shape } as const;
  return {
    args: [{ type: { dtype, shape } }],
    results: [result],
    lines: op("%r", opcode, ["%a"], [{ dtype, shape }], result),
    ulps: exact,
  };
}
