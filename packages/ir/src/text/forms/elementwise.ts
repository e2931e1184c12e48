/** Pretty forms of elementwise ops that are not plain `op %a, %b : T`. */

import { isComplex, realPart } from "../../dtype.ts";
import type { Operation } from "../../module.ts";
import { formatType, formatTypes, sameType } from "../../tensor-type.ts";
import { comparisonDirection, comparisonType } from "../parse-attributes.ts";
import { parseFunctionType, parseType } from "../parse-types.ts";
import type { Printer } from "../printer.ts";
import type { Form } from "./form.ts";

/** `stablehlo.compare LT, %a, %b, FLOAT : (T, T) -> U` */
export const compare: Form<"compare"> = {
  print: (operation, p) => {
    const { comparison_direction, compare_type } = operation.attributes;
    const tag = compare_type === undefined ? "" : `, ${compare_type}`;
    return ` ${comparison_direction}, ${p.operands(operation.operands)}${tag} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const direction = comparisonDirection(p.cursor);
    p.cursor.expect(",");
    const operands = p.values();
    const tag = p.cursor.accept(",") ? { compare_type: comparisonType(p.cursor) } : {};
    return {
      operands,
      attributes: { comparison_direction: direction, ...tag },
      types: p.functionType(operands),
    };
  },
};

/** `stablehlo.select %p, %a, %b : P, T` */
export const select: Form<"select"> = {
  print: (operation, p) => {
    const [pred, onTrue] = operation.operands;
    return ` ${p.operands(operation.operands)} : ${formatTypes([pred.type, onTrue.type])}`;
  },
  parse: (p) => {
    const operands = p.values();
    p.colon();
    const at = p.cursor.token;
    if (p.cursor.is("(")) {
      const { inputs, outputs } = parseFunctionType(p.cursor);
      p.requireTypes(operands, inputs, at);
      return { operands, attributes: {}, types: outputs };
    }
    const [pred, type = pred] = p.typeList();
    p.requireTypes(operands, [pred, type, type], at);
    return { operands, attributes: {}, types: [type] };
  },
};

/** `stablehlo.clamp %lo, %x, %hi : T`, or with a function type when the bounds are scalars */
export const clamp: Form<"clamp"> = {
  print: (operation, p) => ` ${p.operands(operation.operands)} : ${sameOrFunctionType(operation, p)}`,
  parse: (p) => {
    const operands = p.values();
    return { operands, attributes: {}, types: p.sameOrFunctionType(operands) };
  },
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
  parse: (p) => {
    const operands = p.values();
    p.colon();
    const at = p.cursor.token;
    if (p.cursor.is("(")) {
      const { inputs, outputs } = parseFunctionType(p.cursor);
      p.requireTypes(operands, inputs, at);
      return { operands, attributes: {}, types: outputs };
    }
    const type = parseType(p.cursor);
    if (!isComplex(type.dtype)) p.cursor.fail("complex gives a complex tensor", at);
    const part = { dtype: realPart(type.dtype), shape: type.shape };
    p.requireTypes(operands, [part, part], at);
    return { operands, attributes: {}, types: [type] };
  },
};

/** `stablehlo.reduce_precision %x, format = e8m10 : T` */
export const reducePrecision: Form<"reduce_precision"> = {
  print: (operation, p) => {
    const { exponent_bits, mantissa_bits } = operation.attributes;
    const type = formatType(operation.results[0].type);
    return ` ${p.operands(operation.operands)}, format = e${exponent_bits}m${mantissa_bits} : ${type}`;
  },
  parse: (p) => {
    const operands = p.values();
    p.named("format");
    const at = p.cursor.token;
    const match = /^e(\d{1,3})m(\d{1,3})$/.exec(p.cursor.take("bare"));
    if (match === null) return p.cursor.fail("a format is written e8m23", at);
    const attributes = { exponent_bits: Number(match[1]), mantissa_bits: Number(match[2]) };
    return { operands, attributes, types: p.sameOrFunctionType(operands) };
  },
};

/** `stablehlo.optimization_barrier %a, %b : T, U`, or `()` without operands */
export const optimizationBarrier: Form<"optimization_barrier"> = {
  print: ({ operands, results }, p) =>
    operands.length === 0
      ? "()"
      : ` ${p.operands(operands)} : ${formatTypes(results.map(({ type }) => type))}`,
  parse: (p) => {
    if (p.cursor.accept("(")) {
      p.cursor.expect(")");
      p.skipAttributes();
      return { operands: [], attributes: {}, types: [] };
    }
    const operands = p.values();
    p.colon();
    const at = p.cursor.token;
    const types = p.typeList();
    p.requireTypes(operands, types, at);
    return { operands, attributes: {}, types };
  },
};
