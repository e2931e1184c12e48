/** Operations of the IR as primitives of JAX: names and parameters. */

import type { AttributesOf, DType, Opcode, Operation, Shape } from "@fluxion/ir";

/** One `key=value` in the brackets of an equation. */
export type Parameter = readonly [key: string, value: string];

export interface Primitive {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Operand positions in JAX's order, where it differs. */
  readonly order?: readonly number[];
}

/** `(1, 2)`, `(1,)`. */
export const tuple = (values: readonly (number | string)[]): string =>
  values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`;

const list = (values: readonly number[]): string => `[${values.join(", ")}]`;

const names: Partial<Record<Opcode, string>> = {
  subtract: "sub",
  multiply: "mul",
  divide: "div",
  remainder: "rem",
  negate: "neg",
  maximum: "max",
  minimum: "min",
  power: "pow",
  sine: "sin",
  cosine: "cos",
  exponential: "exp",
  exponential_minus_one: "expm1",
  log_plus_one: "log1p",
  popcnt: "population_count",
  count_leading_zeros: "clz",
  bitcast_convert: "bitcast_convert_type",
  "chlo.next_after": "nextafter",
};

const primitive = (name: string, ...parameters: readonly Parameter[]): Primitive => ({ name, parameters });
const resultType = ({ results: [result] }: Operation): { dtype: DType; shape: Shape } => result.type;

/** Axes of size 1 that a reshape only removes; nothing if it does something else. */
function squeezedAxes(from: Shape, to: Shape): number[] | undefined {
  const removed: number[] = [];
  let next = 0;
  from.forEach((size, axis) => {
    if (next < to.length && size === to[next] && !(size === 1 && from.length - axis > to.length - next))
      next++;
    else if (size === 1) removed.push(axis);
    else next = Number.POSITIVE_INFINITY;
  });
  return next === to.length && removed.length > 0 ? removed : undefined;
}

function reshape(op: Operation): Primitive {
  const from = op.operands[0].type.shape;
  const { shape } = resultType(op);
  const squeezed = squeezedAxes(from, shape);
  if (squeezed !== undefined) return primitive("squeeze", ["dimensions", tuple(squeezed)]);
  const added = squeezedAxes(shape, from);
  if (added !== undefined) {
    const kept = shape.flatMap((_, axis) => (added.includes(axis) ? [] : [axis]));
    return broadcast(kept);
  }
  return primitive("reshape", ["dimensions", "None"], ["new_sizes", tuple(shape)], ["sharding", "None"]);
}

const broadcast = (dimensions: readonly number[]): Primitive =>
  dimensions.length === 0
    ? primitive("broadcast_in_dim")
    : primitive("broadcast_in_dim", ["broadcast_dimensions", tuple(dimensions)]);

/** The reductions that are primitives of their own, by the only operation of their body. */
const reductions: Partial<Record<Opcode, string>> = {
  add: "reduce_sum",
  multiply: "reduce_prod",
  maximum: "reduce_max",
  minimum: "reduce_min",
  and: "reduce_and",
  or: "reduce_or",
  xor: "reduce_xor",
};

/** The one operation of a reduction's body, if it has no other and one operand is reduced. */
export function simpleReduction(op: Operation): string | undefined {
  if (op.opcode !== "reduce" || op.operands.length !== 2) return undefined;
  const [body] = op.regions;
  const [inner] = body.operations;
  if (body.operations.length !== 2 || !inner.operands.every((value, i) => value === body.arguments[i]))
    return undefined;
  return reductions[inner.opcode];
}

type Rule<K extends Opcode> = (op: Operation, attributes: AttributesOf<K>) => Primitive;

const rules: { readonly [K in Opcode]?: Rule<K> } = {
  compare: (_, { comparison_direction }) => primitive(comparison_direction.toLowerCase()),
  select: () => ({ name: "select_n", parameters: [], order: [0, 2, 1] }),
  round_nearest_afz: () => primitive("round", ["rounding_method", "0"]),
  round_nearest_even: () => primitive("round", ["rounding_method", "1"]),
  convert: (op) =>
    primitive("convert_element_type", ["new_dtype", resultType(op).dtype], ["weak_type", "False"]),
  bitcast_convert: (op) => primitive("bitcast_convert_type", ["new_dtype", resultType(op).dtype]),
  reduce_precision: (_, a) =>
    primitive(
      "reduce_precision",
      ["exponent_bits", String(a.exponent_bits)],
      ["mantissa_bits", String(a.mantissa_bits)],
    ),
  iota: (op, { iota_dimension }) =>
    primitive(
      "iota",
      ["dimension", String(iota_dimension)],
      ["dtype", resultType(op).dtype],
      ["shape", tuple(resultType(op).shape)],
      ["sharding", "None"],
    ),
  reshape,
  broadcast_in_dim: (_, { broadcast_dimensions }) => broadcast(broadcast_dimensions),
  transpose: (_, { permutation }) => primitive("transpose", ["permutation", tuple(permutation)]),
  slice: (_, a) =>
    primitive(
      "slice",
      ["limit_indices", tuple(a.limit_indices)],
      ["start_indices", tuple(a.start_indices)],
      ["strides", a.strides.every((stride) => stride === 1) ? "None" : tuple(a.strides)],
    ),
  reverse: (_, { dimensions }) => primitive("rev", ["dimensions", tuple(dimensions)]),
  pad: (_, a) => {
    const config = a.edge_padding_low.map((low, i) =>
      tuple([low, a.edge_padding_high[i], a.interior_padding[i]]),
    );
    return primitive("pad", ["padding_config", tuple(config)]);
  },
  concatenate: (_, { dimension }) => primitive("concatenate", ["dimension", String(dimension)]),
  dynamic_slice: (_, { slice_sizes }) => primitive("dynamic_slice", ["slice_sizes", tuple(slice_sizes)]),
  dot_general: (op, { dot_dimension_numbers: d }) =>
    primitive(
      "dot_general",
      [
        "dimension_numbers",
        `((${list(d.lhsContracting)}, ${list(d.rhsContracting)}), ` +
          `(${list(d.lhsBatching)}, ${list(d.rhsBatching)}))`,
      ],
      ["preferred_element_type", resultType(op).dtype],
    ),
};

/** Attributes of an operation that has no rule here, as they are. */
const plainParameters = (op: Operation): Parameter[] =>
  Object.entries(op.attributes as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, Array.isArray(value) ? tuple(value) : String(value)]);

/** Name and parameters of an operation without regions. */
export function primitiveOf(op: Operation): Primitive {
  const rule = rules[op.opcode] as Rule<Opcode> | undefined;
  if (rule !== undefined) return rule(op, op.attributes as never);
  const name = names[op.opcode] ?? op.opcode.replace(/^chlo\./, "");
  return { name, parameters: plainParameters(op) };
}
