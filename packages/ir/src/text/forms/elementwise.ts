/** Pretty forms of elementwise ops that are not plain `op %a, %b : T`. */

import type { Operation } from "../../module.ts";
import { formatType, formatTypes, sameType } from "../../tensor-type.ts";
import type { Printer } from "../printer.ts";
import type { Form } from "./form.ts";

/** `stablehlo.compare LT, %a, %b, FLOAT : (T, T) -> U` */
export const compare: Form<"compare"> = {
  print: (operation, p) => {
    const { comparison_direction, compare_type } = operation.attributes;
    const tag = compare_type === undefined ? "" : `, ${compare_type}`;
    return ` ${comparison_direction}, ${p.operands(operation.operands)}${tag} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.select %p, %a, %b : P, T` */
export const select: Form<"select"> = {
  print: (operation, p) => {
    const [pred, onTrue] = operation.operands;
    return ` ${p.operands(operation.operands)} : ${formatTypes([pred.type, onTrue.type])}`;
  },
};

/** `stablehlo.clamp %lo, %x, %hi : T`, or with a function type when the bounds are scalars */
export const clamp: Form<"clamp"> = {
  print: (operation, p) => ` ${p.operands(operation.operands)} : ${sameOrFunctionType(operation, p)}`,
};

function sameOrFunctionType(operation: Operation, p: Printer): string {
  const [{ type }] = operation.results;
  return operation.operands.every((operand) => sameType(operand.type, type))
    ? formatType(type)
    : p.functionType(operation);
}

/** `stablehlo.complex %re, %im : tensor<2xcomplex<f32>>` */
export const complex: Form<"complex"> = {
  print: (operation, p) => ` ${p.operands(operation.operands)} : ${formatType(operation.results[0].type)}`,
};

/** `stablehlo.reduce_precision %x, format = e8m10 : T` */
export const reducePrecision: Form<"reduce_precision"> = {
  print: (operation, p) => {
    const { exponent_bits, mantissa_bits } = operation.attributes;
    const type = formatType(operation.results[0].type);
    return ` ${p.operands(operation.operands)}, format = e${exponent_bits}m${mantissa_bits} : ${type}`;
  },
};

/** `stablehlo.optimization_barrier %a, %b : T, U`, or `()` without operands */
export const optimizationBarrier: Form<"optimization_barrier"> = {
  print: ({ operands, results }, p) =>
    operands.length === 0
      ? "()"
      : ` ${p.operands(operands)} : ${formatTypes(results.map(({ type }) => type))}`,
};
