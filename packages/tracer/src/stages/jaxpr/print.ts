/** Functions of the IR in the notation of JAX's jaxprs. */

import { type Block, findFunction, type Module, type Operation, returned, type Value } from "@fluxion/ir";
import { shortDType } from "../../core/aval.ts";
import {
  analyse,
  type BlockFacts,
  freeValues,
  isFolded,
  isScalarConstant,
  literalText,
  printedOperands,
  startsNeutral,
} from "./analysis.ts";
import { concat, type Doc, group, join, lineBreak, nest, render, text } from "./document.ts";
import { primitiveOf, simpleReduction, tuple } from "./equations.ts";

/** `f32[3,4]`. */
const typeText = ({ type }: Value): string => `${shortDType(type.dtype)}[${type.shape.join(",")}]`;

/** Names of variables, shared by a jaxpr and the ones inside it: a, b, …, z, ba, bb, … */
class Names {
  #count = 0;
  next(): string {
    let rest = this.#count++;
    let name = "";
    do {
      name = String.fromCharCode(97 + (rest % 26)) + name;
      rest = Math.floor(rest / 26);
    } while (rest > 0);
    return name;
  }
}

/** Values by the name or literal that stands for them in one block. */
class Scope {
  readonly names: Names;
  readonly module: Module;
  readonly #shown = new Map<Value, string>();

  constructor(names: Names, module: Module) {
    this.names = names;
    this.module = module;
  }

  /** `b:f32[3]`; a value that nothing reads is `_`. */
  bind(value: Value, isUsed = true): Doc {
    const name = isUsed ? this.names.next() : "_";
    this.#shown.set(value, name);
    return text(`${name}:${typeText(value)}`);
  }
  literal(value: Value, shown: string): void {
    this.#shown.set(value, `${shown}:${typeText(value)}`);
  }
  show(value: Value): Doc {
    return text(this.#shown.get(value) ?? "?");
  }
}

/** Items that share lines for as long as they fit. */
const fill = (items: readonly Doc[], separator = ""): Doc =>
  nest(2, group(join(concat(text(separator), group(lineBreak())), items)));

const brackets = (parameters: readonly (readonly [string, Doc])[]): Doc => {
  if (parameters.length === 0) return text("");
  const pairs = parameters.map(([key, value]) => concat(text(`${key}=`), value));
  return group(nest(2, text("["), lineBreak(""), join(lineBreak(), pairs)), lineBreak(""), text("]"));
};

/** An equation's right-hand side. */
interface RightHandSide {
  readonly name: string;
  readonly parameters: readonly (readonly [string, Doc])[];
  readonly operands: readonly Value[];
}

function whileLoop(op: Operation, scope: Scope): RightHandSide {
  const [condition, body] = op.regions;
  const constants = [body, condition].map((region) => freeNamed(region, scope));
  const parameters = [
    ["body_jaxpr", lambda(body, scope, constants[0])],
    ["body_nconsts", text(String(constants[0].length))],
    ["cond_jaxpr", lambda(condition, scope, constants[1])],
    ["cond_nconsts", text(String(constants[1].length))],
  ] as const;
  return { name: "while", parameters, operands: [...constants[1], ...constants[0], ...op.operands] };
}

function conditional(op: Operation, scope: Scope): RightHandSide {
  const regions = op.opcode === "if" ? op.regions.toReversed() : op.regions;
  const constants = [...new Set(regions.flatMap((region) => freeNamed(region, scope)))];
  const branches = regions.map((region) => lambda(region, scope, constants));
  const list = group(
    nest(2, text("("), lineBreak(""), join(lineBreak(), branches)),
    lineBreak(""),
    text(")"),
  );
  return { name: "cond", parameters: [["branches", list]], operands: [...op.operands, ...constants] };
}

function call(op: Operation & { opcode: "call" }, scope: Scope): RightHandSide {
  const { callee } = op.attributes;
  const { body } = findFunction(scope.module, callee);
  const name = text(/^_lambda_(_\d+)?$/.test(callee) ? "<lambda>" : callee);
  return {
    name: "jit",
    parameters: [
      ["name", name],
      ["jaxpr", lambda(body, scope, [])],
    ],
    operands: op.operands,
  };
}

function reduction(op: Operation & { opcode: "reduce" }, scope: Scope, facts: BlockFacts): RightHandSide {
  const simple = simpleReduction(op);
  const dimensions = text(tuple(op.attributes.dimensions));
  if (simple !== undefined && startsNeutral(simple, facts.producers.get(op.operands[1]))) {
    const sharding = simple === "reduce_sum" ? [["out_sharding", text("None")] as const] : [];
    return { name: simple, parameters: [["axes", dimensions], ...sharding], operands: [op.operands[0]] };
  }
  const parameters = [
    ["dimensions", dimensions],
    ["jaxpr", lambda(op.regions[0], scope, [])],
  ] as const;
  return { name: "reduce", parameters, operands: op.operands };
}

function rightHandSide(op: Operation, scope: Scope, facts: BlockFacts): RightHandSide {
  if (op.opcode === "while") return whileLoop(op, scope);
  if (op.opcode === "case" || op.opcode === "if") return conditional(op, scope);
  if (op.opcode === "call") return call(op, scope);
  if (op.opcode === "reduce") return reduction(op, scope, facts);
  const { name, parameters, order } = primitiveOf(op);
  const operands = printedOperands(op, facts.producers);
  const regions = op.regions.map(
    (region, i) => [`jaxpr${i === 0 ? "" : i}`, lambda(region, scope, [])] as const,
  );
  return {
    name,
    parameters: [...parameters.map(([key, value]) => [key, text(value)] as const), ...regions],
    operands: order === undefined ? operands : order.map((i) => operands[i]),
  };
}

/** Values of outer blocks that a region reads by name; literals are written out in it again. */
const freeNamed = (region: Block, scope: Scope): Value[] =>
  freeValues(region).filter((value) => !isLiteral(value, scope));

const isLiteral = (value: Value, scope: Scope): boolean => {
  const shown = scope.show(value);
  return shown.kind === "text" && shown.text.includes(":");
};

function equation(op: Operation, scope: Scope, facts: BlockFacts): Doc | undefined {
  if (op.opcode === "return" || isScalarConstant(op) || isFolded(op, facts)) return undefined;
  if (op.opcode === "constant")
    return op.attributes.value.splat ? splatEquation(op, scope, facts) : undefined;
  // Results are named before what is inside, as in JAX.
  const binders = fill(op.results.map((value) => scope.bind(value, facts.used.has(value))));
  const { name, parameters, operands } = rightHandSide(op, scope, facts);
  const shownOperands = fill(operands.map((value) => scope.show(value)));
  return concat(binders, text(` = ${name}`), brackets(parameters), text(" "), shownOperands);
}

function splatEquation(op: Operation & { opcode: "constant" }, scope: Scope, facts: BlockFacts): Doc {
  const [result] = op.results;
  const { value } = op.attributes;
  const binder = scope.bind(result, facts.used.has(result));
  const dtype = shortDType(value.type.dtype);
  return concat(binder, text(` = broadcast_in_dim ${literalText(value)}:${dtype}[]`));
}

/**
 * `{ lambda consts ; args. let equations in (results,) }`.
 * @param constants Values of the outer block that the first parameters stand for.
 * @param captured How many of the block's last arguments are arrays from outside of the traced function.
 */
function lambda(block: Block, outer: Scope, constants: readonly Value[], captured = 0): Doc {
  const scope = new Scope(outer.names, outer.module);
  const facts = analyse(block);
  for (const value of freeValues(block)) {
    const shown = outer.show(value);
    if (shown.kind === "text" && isLiteral(value, outer)) scope.literal(value, shown.text.split(":")[0]);
  }
  const constvars: Value[] = captured > 0 ? block.arguments.slice(-captured) : [];
  for (const op of block.operations) {
    if (op.opcode !== "constant") continue;
    if (isScalarConstant(op)) scope.literal(op.results[0], literalText(op.attributes.value));
    else if (!op.attributes.value.splat) constvars.push(op.results[0]);
  }
  const bind = (values: readonly Value[]): Doc => fill(values.map((value) => scope.bind(value)));
  const outerConstants = bind(constvars);
  const parameters = captured > 0 ? block.arguments.slice(0, -captured) : block.arguments;
  const inputs = bind([...constants, ...parameters]);
  const equations = block.operations.flatMap((op) => equation(op, scope, facts) ?? []);
  const results = returned(block).map((value) => scope.show(value));
  return concat(
    group(
      nest(
        2,
        concat(text("{ lambda "), outerConstants, text("; "), inputs, text(". let")),
        nest(2, lineBreak(), join(lineBreak("; "), equations)),
        lineBreak(),
        concat(text("in ("), fill(results, ","), text(results.length === 1 ? ",)" : ")")),
      ),
    ),
    text(" }"),
  );
}

/** The module's function as a jaxpr. Its last `captured` parameters are arrays from outside. */
export function printJaxpr(module: Module, body: Block, captured: number): string {
  return render(lambda(body, new Scope(new Names(), module), [], captured));
}
