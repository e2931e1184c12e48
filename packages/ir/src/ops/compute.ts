/** Reductions, contractions, control flow and calls: ops with regions or symbols. */

import { type Region, returned } from "../module.ts";
import { formatType, sameType, type TensorType } from "../tensor-type.ts";
import { linearityOf, require, requireAxes, requireLength, withoutAxes } from "./check.ts";
import type { AttributeSchema, Linearity, OpDeclaration } from "./schema.ts";
import { windowShape } from "./window.ts";

const op = <const A extends AttributeSchema, const L extends Linearity = "none">(
  declaration: Pick<OpDeclaration<A>, "doc" | "family" | "operands" | "attributes" | "infer"> &
    Partial<Omit<OpDeclaration<A>, "linear">> & { readonly linear?: L },
) =>
  ({
    regions: [],
    form: "custom",
    explicitResult: false,
    sideEffect: false,
    ...declaration,
    linear: linearityOf(declaration, "none"),
  }) satisfies OpDeclaration<A>;

function requireTypes(actual: readonly TensorType[], expected: readonly TensorType[], what: string): void {
  const same = actual.length === expected.length && actual.every((type, i) => sameType(type, expected[i]));
  require(same, () =>
    `${what} must be (${expected.map(formatType).join(", ")}), got (${actual.map(formatType).join(", ")})`);
}

const typesOf = (values: readonly { readonly type: TensorType }[]): TensorType[] =>
  values.map(({ type }) => type);
/** Branches take no arguments: they capture what they need. */
function requireBranch(branch: Region, results: readonly TensorType[]): void {
  requireTypes(typesOf(branch.arguments), [], "branch arguments");
  requireTypes(typesOf(returned(branch)), results, "branch results");
}

const scalarOf = ({ dtype }: TensorType): TensorType => ({ dtype, shape: [] });

/** Inputs of a reduction and the scalars that it folds: as many init values, and a body on pairs of them. */
function reductionTypes(operands: readonly TensorType[], body: Region) {
  require(operands.length > 0 && operands.length % 2 === 0, () => "every input needs an init value");
  const count = operands.length / 2;
  const inputs = operands.slice(0, count);
  const scalars = inputs.map(scalarOf);
  for (const input of inputs)
    requireTypes([{ ...input, dtype: "bool" }], [{ ...inputs[0], dtype: "bool" }], "shapes");
  requireTypes(operands.slice(count), scalars, "init values");
  requireTypes(typesOf(body.arguments), [...scalars, ...scalars], "body arguments");
  requireTypes(typesOf(returned(body)), scalars, "body results");
  return { inputs, scalars };
}

export const computeOps = {
  reduce: op({
    doc: "Folds the dimensions of each input with the body, starting from its init value.",
    family: "reduce",
    linear: "structural",
    operands: ["*inputs_and_init_values"],
    attributes: { dimensions: "i64[]" },
    regions: ["body"],
    infer: ({ operands, attributes: { dimensions }, regions: [body] }) => {
      requireAxes(dimensions, operands[0]?.shape.length ?? 0, "dimension");
      const { inputs } = reductionTypes(operands, body);
      return inputs.map(({ dtype, shape }) => ({
        dtype,
        shape: withoutAxes(shape, dimensions),
      }));
    },
  }),
  reduce_window: op({
    doc: "Folds each window of the inputs with the body, starting from the init values; so is what padding adds.",
    family: "reduce",
    linear: "structural",
    form: "generic",
    operands: ["*inputs_and_init_values"],
    attributes: {
      window_dimensions: "i64[]",
      window_strides: "i64[]?",
      base_dilations: "i64[]?",
      window_dilations: "i64[]?",
      padding: "elements?",
    },
    regions: ["body"],
    infer: ({ operands, attributes, regions: [body] }) => {
      const { inputs, scalars } = reductionTypes(operands, body);
      const shape = windowShape(inputs[0].shape, attributes);
      return scalars.map(({ dtype }) => ({ dtype, shape }));
    },
  }),
  dot_general: op({
    doc: "Sum of products over the contracting dimensions, for each index of the batching dimensions.",
    family: "dot",
    operands: ["lhs", "rhs"],
    attributes: {
      dot_dimension_numbers: "dot_dimension_numbers",
      precision_config: "precision_config?",
    },
    linear: [0, 1],
    explicitResult: true,
    infer: ({ operands: [lhs, rhs], attributes: { dot_dimension_numbers: d }, declared }) => {
      requireLength(d.rhsBatching, d.lhsBatching.length, "rhs batching dimensions");
      requireLength(d.rhsContracting, d.lhsContracting.length, "rhs contracting dimensions");
      requireAxes([...d.lhsBatching, ...d.lhsContracting], lhs.shape.length, "lhs dimension");
      requireAxes([...d.rhsBatching, ...d.rhsContracting], rhs.shape.length, "rhs dimension");
      const matches = (a: readonly number[], b: readonly number[]) =>
        a.every((axis, i) => lhs.shape[axis] === rhs.shape[b[i]]);
      require(matches(d.lhsBatching, d.rhsBatching), () => "batching dimensions must have equal sizes");
      require(matches(d.lhsContracting, d.rhsContracting), () =>
        "contracting dimensions must have equal sizes");
      const shape = [
        ...d.lhsBatching.map((axis) => lhs.shape[axis]),
        ...withoutAxes(lhs.shape, [...d.lhsBatching, ...d.lhsContracting]),
        ...withoutAxes(rhs.shape, [...d.rhsBatching, ...d.rhsContracting]),
      ];
      return [{ dtype: declared?.[0]?.dtype ?? lhs.dtype, shape }];
    },
  }),
  while: op({
    doc: "Runs the body on its operands for as long as cond holds.",
    family: "control",
    linear: "structural",
    operands: ["*operand"],
    attributes: {},
    regions: ["cond", "body"],
    infer: ({ operands, regions: [cond, body] }) => {
      requireTypes(typesOf(cond.arguments), operands, "cond arguments");
      requireTypes(typesOf(body.arguments), operands, "body arguments");
      requireTypes(typesOf(returned(cond)), [{ dtype: "bool", shape: [] }], "cond result");
      requireTypes(typesOf(returned(body)), operands, "body results");
      return operands;
    },
  }),
  case: op({
    doc: "Runs the branch that index names; the last one if it is out of range.",
    family: "control",
    linear: "structural",
    form: "generic",
    operands: ["index"],
    attributes: {},
    regions: ["*branches"],
    infer: ({ operands: [index], regions }) => {
      requireTypes([index], [{ dtype: "int32", shape: [] }], "index");
      require(regions.length > 0, () => "case needs a branch");
      const results = typesOf(returned(regions[0]));
      for (const branch of regions) requireBranch(branch, results);
      return results;
    },
  }),
  if: op({
    doc: "Runs one of two branches.",
    family: "control",
    linear: "structural",
    form: "generic",
    operands: ["pred"],
    attributes: {},
    regions: ["true_branch", "false_branch"],
    infer: ({ operands: [pred], regions: [onTrue, onFalse] }) => {
      requireTypes([pred], [{ dtype: "bool", shape: [] }], "pred");
      const results = typesOf(returned(onTrue));
      for (const branch of [onTrue, onFalse]) requireBranch(branch, results);
      return results;
    },
  }),
  call: op({
    doc: "Calls a function of the module; the attributes say how transformations treat the call, not what it computes.",
    family: "call",
    linear: "structural",
    operands: ["*operands"],
    attributes: {
      callee: "symbol",
      custom_jvp: "symbol?",
      custom_vjp_forward: "symbol?",
      custom_vjp_backward: "symbol?",
      checkpoint: "string?",
      checkpoint_name: "string?",
      // For each of the last operands, arrays that are closed over, the sum of who reads it: 1 the function, 2 its rule or its way
      // forward, 4 its way back.
      closed_over: "i64[]?",
      // Rules are families of functions, by which operands have a tangent and which results a cotangent; of how many operands
      // the way back gives cotangents.
      symbolic_zeros: "i64?",
      // Tangents of the operands end here.
      no_tangent: "bool?",
      custom_batching: "string?",
    },
    explicitResult: true,
    infer: ({ declared }) => {
      require(declared !== undefined, () => "the result types must be stated");
      return declared;
    },
  }),
  custom_call: op({
    doc: "Calls a target by name; Fluxion knows the check.* targets and Sharding.",
    family: "call",
    linear: "joint",
    operands: ["*inputs"],
    attributes: {
      call_target_name: "string",
      has_side_effect: "bool?",
      rest: "text?",
    },
    explicitResult: true,
    sideEffect: true,
    infer: ({ declared }) => {
      require(declared !== undefined, () => "the result types must be stated");
      return declared;
    },
  }),
  return: op({
    doc: "Ends a block with its results.",
    family: "call",
    operands: ["*results"],
    attributes: {},
    sideEffect: true,
    infer: () => [],
  }),
} as const;
