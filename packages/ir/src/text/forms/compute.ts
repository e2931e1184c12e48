/** Pretty forms of reductions, contractions, control flow and calls. */

import type { OperationOf, Region, Value } from "../../module.ts";
import { type Opcode, qualifiedName } from "../../ops/table.ts";
import { formatTypes } from "../../tensor-type.ts";
import { attributeEntries, dictionary, printList } from "../print-attributes.ts";
import type { Printer } from "../printer.ts";
import { symbol } from "../syntax.ts";
import type { Form } from "./form.ts";

/** Ops that `applies` may name; all of them commute. */
export const commutativeOpcodes = ["add", "multiply", "maximum", "minimum", "and", "or", "xor"] as const;
export type CommutativeOpcode = (typeof commutativeOpcodes)[number];

/** The op of a body that is `return op(arg0, arg1)` for a commutative binary op. */
export function commutativeBody(body: Region): CommutativeOpcode | undefined {
  const [first, last] = body.operations;
  if (body.operations.length !== 2 || last.opcode !== "return" || body.arguments.length !== 2)
    return undefined;
  const inOrder = first.operands.every((operand, index) => operand === body.arguments[index]);
  const returnsIt = last.operands.length === 1 && last.operands[0] === first.results[0];
  return inOrder && returnsIt && first.operands.length === 2 ? commutative(first.opcode) : undefined;
}

export const commutative = (opcode: Opcode): CommutativeOpcode | undefined =>
  commutativeOpcodes.find((name) => name === opcode);

/**
 * `stablehlo.reduce(%x init: %z) applies stablehlo.add across dimensions = [1] : (…) -> T`, or with
 * `reducer(%acc: T, %x: T) (…) { … }` after the type
 */
export const reduce: Form<"reduce"> = {
  print: (operation, p) => {
    const { operands, attributes } = operation;
    const count = operands.length / 2;
    const inputs = operands
      .slice(0, count)
      .map((input, index) => `(${p.operands([input])} init: ${p.operands([operands[count + index]])})`);
    const body = operation.regions[0];
    const applied = count === 1 ? commutativeBody(body) : undefined;
    const applies = applied === undefined ? "" : ` applies ${qualifiedName(applied)}`;
    const head = `${inputs.join(", ")}${applies} across dimensions = ${printList(attributes.dimensions)}`;
    const tail = applied === undefined ? printReducer(body, count, p) : "";
    return `${head} : ${p.functionType(operation as never)}${tail}`;
  },
};

function printReducer(body: Region, count: number, p: Printer): string {
  const pairs = Array.from({ length: count }, (_, index) => {
    const accumulator = p.declare(body.arguments[index]);
    return `(${accumulator}, ${p.declare(body.arguments[count + index])})`;
  });
  return `${p.newline} reducer${pairs.join(" ")} ${p.region(body)}`;
}

/** `stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (T, U) -> V` */
export const dotGeneral: Form<"dot_general"> = {
  print: (operation, p) => {
    const { dot_dimension_numbers: d, precision_config } = operation.attributes;
    const batching =
      d.lhsBatching.length > 0
        ? `batching_dims = ${printList(d.lhsBatching)} x ${printList(d.rhsBatching)}, `
        : "";
    const contracting = `contracting_dims = ${printList(d.lhsContracting)} x ${printList(d.rhsContracting)}`;
    const precision = precision_config?.length ? `, precision = ${printList(precision_config)}` : "";
    const operands = p.operands(operation.operands);
    return ` ${operands}, ${batching}${contracting}${precision} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.while(%i = %a, %x = %b) : T, U cond { … } do { … }`; both regions share the names left of `=` */
export const whileLoop: Form<"while"> = {
  print: (operation, p) => {
    const [cond, body] = operation.regions;
    const bindings = operation.operands.map((operand, index) => {
      const name = p.names.argument(cond.arguments[index], "iterArg");
      p.names.alias(body.arguments[index], cond.arguments[index]);
      return `${name} = ${p.operands([operand])}`;
    });
    const types = operation.operands.length > 0 ? ` : ${formatTypes(typesOf(operation.operands))}` : "";
    return `(${bindings.join(", ")})${types}${p.newline}cond ${p.region(cond)} do ${p.region(body)}`;
  },
};

const typesOf = (values: readonly Value[]) => values.map(({ type }) => type);

/** `call @f(%a) : (T) -> U` */
export const call: Form<"call"> = {
  print: (operation, p) =>
    ` ${symbol(operation.attributes.callee)}(${p.operands(operation.operands)}) : ${p.functionType(operation)}`,
};

/** `stablehlo.custom_call @target(%a) {has_side_effect = true} : (T) -> U` */
export const customCall: Form<"custom_call"> = {
  print: (operation: OperationOf<"custom_call">, p) => {
    const entries = dictionary(attributeEntries(operation, ["call_target_name"]));
    const target = symbol(operation.attributes.call_target_name);
    return ` ${target}(${p.operands(operation.operands)})${entries} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.return %a, %b : T, U`; `return` in a function's own block */
export const returns: Form<"return"> = {
  print: ({ operands }, p) =>
    operands.length === 0 ? "" : ` ${p.operands(operands)} : ${formatTypes(typesOf(operands))}`,
};
