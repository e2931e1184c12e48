/** Pretty forms of reductions, contractions, control flow and calls. */

import { type OperationOf, type Region, Value } from "../../module.ts";
import type { Precision } from "../../ops/schema.ts";
import { type Opcode, qualifiedName } from "../../ops/table.ts";
import { formatTypes } from "../../tensor-type.ts";
import { attributeParsers } from "../parse-attributes.ts";
import type { OperationParser, RegionArgument } from "../parse-operation.ts";
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
    return `${head} : ${p.functionType(operation)}${tail}`;
  },
  parse: (p) => {
    const inputs: Value[] = [];
    const inits: Value[] = [];
    do {
      p.cursor.expect("(");
      inputs.push(p.value());
      p.cursor.expect("init");
      p.cursor.expect(":");
      inits.push(p.value());
      p.cursor.expect(")");
    } while (p.cursor.accept(","));
    const applied = p.cursor.is("applies") ? parseApplied(p, inputs) : undefined;
    p.cursor.expect("across");
    p.cursor.expect("dimensions");
    p.cursor.expect("=");
    const dimensions = p.cursor.integerList();
    const operands = [...inputs, ...inits];
    const types = p.functionType(operands);
    const body = applied ?? parseReducer(p, inputs.length);
    return { operands, attributes: { dimensions }, types, regions: [body] };
  },
};

/** `applies stablehlo.add`: the body that it stands for. */
function parseApplied(p: OperationParser, inputs: readonly Value[]): Region {
  p.cursor.expect("applies");
  const { token } = p.cursor;
  const opcode = commutative(p.opcodeAt());
  if (opcode === undefined || inputs.length !== 1)
    return p.cursor.fail(
      `applies takes one of ${commutativeOpcodes.map(qualifiedName).join(", ")}, on one input`,
      token,
    );
  const scalar = { dtype: inputs[0].type.dtype, shape: [] };
  const args = [new Value(scalar), new Value(scalar)];
  const result = new Value(scalar);
  const base = { attributes: {}, regions: [], location: undefined };
  const operations = [
    { ...base, opcode, operands: args, results: [result] },
    { ...base, opcode: "return" as const, operands: [result], results: [] },
  ];
  return { arguments: args, operations };
}

/** `reducer(%acc: T, %x: T) (%acc2: U, %y: U) { … }`: arguments are all accumulators, then all elements. */
function parseReducer(p: OperationParser, count: number): Region {
  p.cursor.expect("reducer");
  const accumulators: RegionArgument[] = [];
  const elements: RegionArgument[] = [];
  for (let index = 0; index < count; index++) {
    p.cursor.expect("(");
    accumulators.push(p.typedArgument());
    p.cursor.expect(",");
    elements.push(p.typedArgument());
    p.cursor.expect(")");
  }
  return p.region([...accumulators, ...elements]);
}

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
  parse: (p) => {
    const operands = p.values();
    let [lhsBatching, rhsBatching, lhsContracting, rhsContracting]: number[][] = [[], [], [], []];
    let precision_config: Precision[] | undefined;
    while (p.cursor.accept(",")) {
      const { token } = p.cursor;
      const name = p.cursor.take("bare");
      p.cursor.expect("=");
      if (name === "batching_dims") [lhsBatching, rhsBatching] = parsePair(p);
      else if (name === "contracting_dims") [lhsContracting, rhsContracting] = parsePair(p);
      else if (name === "precision") precision_config = attributeParsers.precision_config(p.cursor).slice();
      else if (name === "algorithm") p.cursor.skipValue(false);
      else p.cursor.fail("expected batching_dims, contracting_dims, precision or algorithm", token);
    }
    const dot_dimension_numbers = { lhsBatching, rhsBatching, lhsContracting, rhsContracting };
    const attributes = precision_config
      ? { dot_dimension_numbers, precision_config }
      : { dot_dimension_numbers };
    return { operands, attributes, types: p.functionType(operands) };
  },
};

/** `[0] x [1]` */
function parsePair(p: OperationParser): [number[], number[]] {
  const left = p.cursor.integerList();
  p.cursor.expect("x");
  return [left, p.cursor.integerList()];
}

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
  parse: (p) => {
    const names: string[] = [];
    const operands: Value[] = [];
    p.cursor.expect("(");
    p.cursor.commaList(")", () => {
      names.push(p.cursor.take("value"));
      p.cursor.expect("=");
      operands.push(p.value());
    });
    const at = p.cursor.token;
    const types = p.cursor.accept(":") ? p.typeList() : [];
    p.requireTypes(operands, types, at);
    if (p.cursor.accept("attributes")) p.skipAttributes();
    const args = names.map((name, index) => ({ name, type: types[index] }));
    p.cursor.expect("cond");
    const cond = p.region(args);
    p.cursor.expect("do");
    return { operands, attributes: {}, types, regions: [cond, p.region(args)] };
  },
};

const typesOf = (values: readonly Value[]) => values.map(({ type }) => type);

/** `call @f(%a) {custom_jvp = @f_jvp} : (T) -> U` */
export const call: Form<"call"> = {
  print: (operation, p) => {
    const entries = dictionary(attributeEntries(operation, ["callee"]));
    return ` ${symbol(operation.attributes.callee)}(${p.operands(operation.operands)})${entries} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const callee = p.cursor.take("symbol");
    const operands = p.valueTuple();
    const attributes = { callee, ...p.declaredAttributes("call") };
    return { operands, attributes, types: p.functionType(operands) };
  },
};

/** `stablehlo.custom_call @target(%a) {has_side_effect = true} : (T) -> U` */
export const customCall: Form<"custom_call"> = {
  print: (operation: OperationOf<"custom_call">, p) => {
    const entries = dictionary(attributeEntries(operation, ["call_target_name"]));
    const target = symbol(operation.attributes.call_target_name);
    return ` ${target}(${p.operands(operation.operands)})${entries} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const call_target_name = p.cursor.take("symbol");
    const operands = p.valueTuple();
    const attributes = { call_target_name, ...p.declaredAttributes("custom_call") };
    return { operands, attributes, types: p.functionType(operands) };
  },
};

/** `stablehlo.return %a, %b : T, U`; `return` in a function's own block */
export const returns: Form<"return"> = {
  print: ({ operands }, p) =>
    operands.length === 0 ? "" : ` ${p.operands(operands)} : ${formatTypes(typesOf(operands))}`,
  parse: (p) => {
    const operands = p.values();
    if (operands.length > 0) {
      p.colon();
      const at = p.cursor.token;
      p.requireTypes(operands, p.typeList(), at);
    }
    return { operands, attributes: {}, types: [] };
  },
};

/** `chlo.top_k(%a, k = 2) : T -> (T, U)` */
export const topK: Form<"chlo.top_k"> = {
  print: (operation, p) => {
    const { operands, attributes, results } = operation;
    const types = formatTypes(typesOf(results));
    return `(${p.operands(operands)}, k = ${attributes.k}) : ${formatTypes(typesOf(operands))} -> (${types})`;
  },
  parse: (p) => {
    p.cursor.expect("(");
    const operands = [p.value()];
    p.cursor.expect(",");
    p.cursor.expect("k");
    p.cursor.expect("=");
    const attributes = { k: p.cursor.integer() };
    p.cursor.expect(")");
    return { operands, attributes, types: p.chloType(operands) };
  },
};
