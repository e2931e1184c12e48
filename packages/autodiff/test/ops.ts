/** One small program for each op, over float64; the table is total, so an op cannot be added without one. */

import { type Opcode, qualifiedName } from "@fluxion/ir";

export interface OpCase {
  /** Body of `@main(%x: T, %y: U) -> …`; the result is `%r`. */
  readonly text: string;
  readonly shapes: readonly (readonly number[])[];
  /** Range of the samples of each argument. */
  readonly range: readonly [number, number];
  /** No output has a tangent. */
  readonly still?: boolean;
  /** Differentiation fails with a text that holds this. */
  readonly fails?: string;
  /** Batching fails with a text that holds this. */
  readonly unbatched?: string;
}

const type = (shape: readonly number[], dtype = "f64"): string => `tensor<${[...shape, dtype].join("x")}>`;

const program = (shapes: readonly (readonly number[])[], result: string, lines: string): string => {
  const params = shapes.map((shape, i) => `%${"xyz"[i]}: ${type(shape)}`).join(", ");
  return `func.func @main(${params}) -> ${result} {\n${lines}\nreturn %r : ${result}\n}`;
};

type Range = readonly [number, number];
const vector = type([3]);

const unary = (opcode: Opcode, range: Range = [0.2, 0.8], more: Partial<OpCase> = {}): OpCase => ({
  text: program([[3]], vector, `%r = ${qualifiedName(opcode)} %x : ${vector}`),
  shapes: [[3]],
  range,
  ...more,
});

const binary = (opcode: Opcode, range: Range = [0.2, 0.8], more: Partial<OpCase> = {}): OpCase => ({
  text: program([[3], [3]], vector, `%r = ${qualifiedName(opcode)} %x, %y : ${vector}`),
  shapes: [[3], [3]],
  range,
  ...more,
});

export const lines = (
  shapes: readonly (readonly number[])[],
  result: readonly number[],
  text: string,
  more: Partial<OpCase> = {},
): OpCase => ({
  text: program(shapes, type(result), text),
  shapes,
  range: [-1, 1],
  ...more,
});

/** An op on integers or bools between floats: nothing moves. */
const integers = (opcode: Opcode, operands: 1 | 2): OpCase => ({
  text: program(
    [[3], [3]],
    vector,
    `
    %i = stablehlo.convert %x : (${vector}) -> tensor<3xi32>
    %j = stablehlo.convert %y : (${vector}) -> tensor<3xi32>
    %k = ${qualifiedName(opcode)} ${operands === 1 ? "%i" : "%i, %j"} : tensor<3xi32>
    %r = stablehlo.convert %k : (tensor<3xi32>) -> ${vector}`,
  ),
  shapes: [[3], [3]],
  range: [1, 9],
  still: true,
});

const predicate = (text: string): OpCase => ({
  text: program([[3]], "tensor<3xi1>", text),
  shapes: [[3]],
  range: [-1, 1],
  still: true,
});

/** A complex program of two real arrays: w = complex(x, y), v = f(w), r = Re v · Im v. */
const complex = (text: string): OpCase =>
  lines(
    [[3], [3]],
    [3],
    `
    %w = stablehlo.complex %x, %y : tensor<3xcomplex<f64>>
    ${text}
    %re = stablehlo.real %v : (tensor<3xcomplex<f64>>) -> ${vector}
    %im = stablehlo.imag %v : (tensor<3xcomplex<f64>>) -> ${vector}
    %r = stablehlo.multiply %re, %im : ${vector}`,
    { range: [0.2, 0.8] },
  );

const C = "tensor<3xcomplex<f64>>";

const reducer = (op: string, dtype = "f64"): string => `({
  ^bb0(%a: tensor<${dtype}>, %b: tensor<${dtype}>):
    %c = ${op} %a, %b : tensor<${dtype}>
    stablehlo.return %c : tensor<${dtype}>
  })`;

export const opCases: Readonly<Record<Opcode, readonly OpCase[]>> = {
  abs: [
    unary("abs", [-1, 1]),
    lines(
      [[3], [3]],
      [3],
      `
    %w = stablehlo.complex %x, %y : ${C}
    %r = stablehlo.abs %w : (${C}) -> ${vector}`,
    ),
  ],
  add: [binary("add")],
  subtract: [binary("subtract")],
  multiply: [binary("multiply"), complex(`%v = stablehlo.multiply %w, %w : ${C}`)],
  divide: [binary("divide"), complex(`%s = stablehlo.sine %w : ${C}\n%v = stablehlo.divide %w, %s : ${C}`)],
  remainder: [binary("remainder")],
  negate: [unary("negate")],
  sign: [unary("sign", [-1, 1], { still: true })],
  maximum: [binary("maximum", [-1, 1])],
  minimum: [binary("minimum", [-1, 1])],
  power: [binary("power"), complex(`%v = stablehlo.power %w, %w : ${C}`)],
  ceil: [unary("ceil", [-1, 1], { still: true })],
  floor: [unary("floor", [-1, 1], { still: true })],
  round_nearest_afz: [unary("round_nearest_afz", [-1, 1], { still: true })],
  round_nearest_even: [unary("round_nearest_even", [-1, 1], { still: true })],
  sqrt: [unary("sqrt"), complex(`%v = stablehlo.sqrt %w : ${C}`)],
  rsqrt: [unary("rsqrt")],
  cbrt: [unary("cbrt")],
  exponential: [unary("exponential"), complex(`%v = stablehlo.exponential %w : ${C}`)],
  exponential_minus_one: [unary("exponential_minus_one")],
  log: [unary("log"), complex(`%v = stablehlo.log %w : ${C}`)],
  log_plus_one: [unary("log_plus_one")],
  logistic: [unary("logistic", [-1, 1])],
  sine: [unary("sine")],
  cosine: [unary("cosine")],
  tan: [unary("tan")],
  tanh: [unary("tanh", [-1, 1])],
  atan2: [binary("atan2", [-1, 1])],
  and: [integers("and", 2)],
  or: [integers("or", 2)],
  xor: [integers("xor", 2)],
  not: [integers("not", 1)],
  shift_left: [integers("shift_left", 2)],
  shift_right_arithmetic: [integers("shift_right_arithmetic", 2)],
  shift_right_logical: [integers("shift_right_logical", 2)],
  popcnt: [integers("popcnt", 1)],
  count_leading_zeros: [integers("count_leading_zeros", 1)],
  compare: [predicate(`%r = stablehlo.compare LT, %x, %x, FLOAT : (${vector}, ${vector}) -> tensor<3xi1>`)],
  select: [
    lines(
      [[3], [3]],
      [3],
      `
    %p = stablehlo.compare LT, %x, %y, FLOAT : (${vector}, ${vector}) -> tensor<3xi1>
    %r = stablehlo.select %p, %x, %y : tensor<3xi1>, ${vector}`,
    ),
  ],
  clamp: [
    lines(
      [[3], [], []],
      [3],
      `
    %hi = stablehlo.abs %z : tensor<f64>
    %lo = stablehlo.negate %hi : tensor<f64>
    %r = stablehlo.clamp %lo, %x, %hi : (tensor<f64>, ${vector}, tensor<f64>) -> ${vector}`,
    ),
  ],
  is_finite: [predicate(`%r = stablehlo.is_finite %x : (${vector}) -> tensor<3xi1>`)],
  convert: [
    lines(
      [[3]],
      [3],
      `
    %0 = stablehlo.convert %x : (${vector}) -> ${C}
    %r = stablehlo.convert %0 : (${C}) -> ${vector}`,
    ),
  ],
  reduce_precision: [
    unary("reduce_precision", [0.2, 0.8], {
      text: program([[3]], vector, `%r = stablehlo.reduce_precision %x, format = e11m52 : ${vector}`),
    }),
  ],
  complex: [complex(`%v = stablehlo.tanh %w : ${C}`)],
  real: [complex(`%v = stablehlo.sine %w : ${C}`)],
  imag: [complex(`%v = stablehlo.cosine %w : ${C}`)],
  "chlo.acos": [unary("chlo.acos")],
  "chlo.acosh": [unary("chlo.acosh", [1.2, 3])],
  "chlo.asin": [unary("chlo.asin")],
  "chlo.asinh": [unary("chlo.asinh")],
  "chlo.atan": [unary("chlo.atan")],
  "chlo.atanh": [unary("chlo.atanh")],
  "chlo.bessel_i1e": [unary("chlo.bessel_i1e", [0.2, 12])],
  "chlo.conj": [complex(`%v = chlo.conj %w : ${C} -> ${C}`)],
  "chlo.cosh": [unary("chlo.cosh")],
  "chlo.sinh": [unary("chlo.sinh")],
  "chlo.tan": [unary("chlo.tan")],
  "chlo.digamma": [unary("chlo.digamma", [1, 3])],
  "chlo.erf": [unary("chlo.erf")],
  "chlo.erf_inv": [unary("chlo.erf_inv")],
  "chlo.erfc": [unary("chlo.erfc")],
  "chlo.lgamma": [unary("chlo.lgamma", [1, 3])],
  "chlo.square": [unary("chlo.square")],
  "chlo.is_inf": [predicate(`%r = chlo.is_inf %x : ${vector} -> tensor<3xi1>`)],
  "chlo.is_pos_inf": [predicate(`%r = chlo.is_pos_inf %x : ${vector} -> tensor<3xi1>`)],
  "chlo.is_neg_inf": [predicate(`%r = chlo.is_neg_inf %x : ${vector} -> tensor<3xi1>`)],
  "chlo.mulhi": [integers("chlo.mulhi", 2)],
  "chlo.next_after": [binary("chlo.next_after", [0.2, 0.8], { fails: "unit in the last place" })],
  "chlo.polygamma": [
    lines(
      [[3]],
      [3],
      `
    %n = stablehlo.constant dense<1.0> : ${vector}
    %r = chlo.polygamma %n, %x : ${vector}, ${vector} -> ${vector}`,
      { range: [1, 3] },
    ),
  ],
  "chlo.zeta": [binary("chlo.zeta", [1.5, 3], { fails: "Hurwitz" })],
  optimization_barrier: [
    lines(
      [[3], [3]],
      [3],
      `
    %a, %b = stablehlo.optimization_barrier %x, %y : ${vector}, ${vector}
    %r = stablehlo.multiply %a, %b : ${vector}`,
    ),
  ],
  constant: [
    lines(
      [[3]],
      [3],
      `%c = stablehlo.constant dense<2.0> : ${vector}\n%r = stablehlo.multiply %c, %x : ${vector}`,
    ),
  ],
  iota: [
    lines([[3]], [3], `%c = stablehlo.iota dim = 0 : ${vector}\n%r = stablehlo.multiply %c, %x : ${vector}`),
  ],
  broadcast_in_dim: [
    lines(
      [[3, 1]],
      [2, 4, 3],
      "%r = stablehlo.broadcast_in_dim %x, dims = [2, 0] : (tensor<3x1xf64>) -> tensor<2x4x3xf64>",
    ),
  ],
  reshape: [lines([[2, 3]], [3, 2], "%r = stablehlo.reshape %x : (tensor<2x3xf64>) -> tensor<3x2xf64>")],
  transpose: [
    lines(
      [[2, 3, 4]],
      [4, 2, 3],
      "%r = stablehlo.transpose %x, dims = [2, 0, 1] : (tensor<2x3x4xf64>) -> tensor<4x2x3xf64>",
    ),
  ],
  slice: [lines([[7]], [2], "%r = stablehlo.slice %x [1:6:3] : (tensor<7xf64>) -> tensor<2xf64>")],
  reverse: [lines([[2, 3]], [2, 3], "%r = stablehlo.reverse %x, dims = [1] : tensor<2x3xf64>")],
  pad: [
    lines(
      [[3], []],
      [8],
      "%r = stablehlo.pad %x, %y, low = [1], high = [2], interior = [1] : (tensor<3xf64>, tensor<f64>) -> tensor<8xf64>",
    ),
    lines(
      [[4], []],
      [4],
      "%r = stablehlo.pad %x, %y, low = [-1], high = [-2], interior = [1] : (tensor<4xf64>, tensor<f64>) -> tensor<4xf64>",
    ),
  ],
  concatenate: [
    lines(
      [
        [2, 3],
        [2, 1],
      ],
      [2, 4],
      "%r = stablehlo.concatenate %x, %y, dim = 1 : (tensor<2x3xf64>, tensor<2x1xf64>) -> tensor<2x4xf64>",
    ),
  ],
  dynamic_slice: [
    lines(
      [[5]],
      [2],
      `%i = stablehlo.constant dense<4> : tensor<i32>
    %r = stablehlo.dynamic_slice %x, %i, sizes = [2] : (tensor<5xf64>, tensor<i32>) -> tensor<2xf64>`,
    ),
  ],
  dynamic_update_slice: [
    lines(
      [[5], [2]],
      [5],
      `%i = stablehlo.constant dense<2> : tensor<i32>
    %r = stablehlo.dynamic_update_slice %x, %y, %i : (tensor<5xf64>, tensor<2xf64>, tensor<i32>) -> tensor<5xf64>`,
    ),
  ],
  bitcast_convert: [
    lines(
      [[3]],
      [3],
      `%0 = stablehlo.bitcast_convert %x : (${vector}) -> tensor<3xi64>
    %r = stablehlo.bitcast_convert %0 : (tensor<3xi64>) -> ${vector}`,
      { still: true },
    ),
  ],
  reduce: [
    ...["add", "maximum", "minimum", "multiply"].map((op) =>
      lines(
        [[2, 5], []],
        [2],
        `%r = stablehlo.reduce(%x init: %y) applies stablehlo.${op} across dimensions = [1] : (tensor<2x5xf64>, tensor<f64>) -> tensor<2xf64>`,
      ),
    ),
    lines(
      [[5, 2]],
      [2],
      `%z = stablehlo.constant dense<0.5> : tensor<f64>
      %r = stablehlo.reduce(%x init: %z) across dimensions = [0] : (tensor<5x2xf64>, tensor<f64>) -> tensor<2xf64>
      reducer(%a: tensor<f64>, %b: tensor<f64>) {
        %m = stablehlo.exponential %a : tensor<f64>
        %n = stablehlo.exponential %b : tensor<f64>
        %s = stablehlo.add %m, %n : tensor<f64>
        %l = stablehlo.log %s : tensor<f64>
        stablehlo.return %l : tensor<f64>
      }`,
    ),
  ],
  reduce_window: ["add", "maximum", "multiply"].flatMap((op) => [
    lines(
      [[5]],
      [5],
      `%z = stablehlo.constant dense<${op === "multiply" ? "1.0" : op === "add" ? "0.0" : "-9.0"}> : tensor<f64>
      %r = "stablehlo.reduce_window"(%x, %z) <{padding = dense<[[4, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 5>}> ${reducer(`stablehlo.${op}`)} : (tensor<5xf64>, tensor<f64>) -> tensor<5xf64>`,
    ),
    lines(
      [[2, 6]],
      [2, 4],
      `%z = stablehlo.constant dense<${op === "multiply" ? "1.0" : op === "add" ? "0.0" : "-9.0"}> : tensor<f64>
      %r = "stablehlo.reduce_window"(%x, %z) <{base_dilations = array<i64: 1, 2>, padding = dense<[[0, 0], [1, 0]]> : tensor<2x2xi64>, window_dilations = array<i64: 1, 2>, window_dimensions = array<i64: 1, 3>, window_strides = array<i64: 1, 2>}> ${reducer(`stablehlo.${op}`)} : (tensor<2x6xf64>, tensor<f64>) -> tensor<2x4xf64>`,
    ),
  ]),
  dot_general: [
    lines(
      [
        [2, 3, 4, 5],
        [5, 2, 6, 4],
      ],
      [2, 3, 6],
      `%r = stablehlo.dot_general %x, %y, batching_dims = [0] x [1], contracting_dims = [2, 3] x [3, 0] : (tensor<2x3x4x5xf64>, tensor<5x2x6x4xf64>) -> tensor<2x3x6xf64>`,
    ),
  ],
  while: [],
  case: [],
  if: [],
  call: [],
  custom_call: [
    lines([[3]], [3], `%r = stablehlo.custom_call @Sharding(%x) : (${vector}) -> ${vector}`),
    lines([[3]], [3], `%r = stablehlo.custom_call @other(%x) : (${vector}) -> ${vector}`, {
      fails: "@other has no derivative",
      unbatched: "the target @other is not known",
    }),
  ],
  return: [lines([[3]], [3], `%r = stablehlo.negate %x : ${vector}`)],
  gather: [
    lines(
      [[5, 2]],
      [3, 2],
      `%i = stablehlo.constant dense<[[4], [1], [9]]> : tensor<3x1xi32>
    %r = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 2>}> : (tensor<5x2xf64>, tensor<3x1xi32>) -> tensor<3x2xf64>`,
    ),
  ],
  scatter: [
    reducer("stablehlo.add"),
    `({
      ^bb0(%a: tensor<f64>, %b: tensor<f64>):
        stablehlo.return %b : tensor<f64>
      })`,
  ].map((body) =>
    lines(
      [
        [5, 2],
        [3, 2],
      ],
      [5, 2],
      `%i = stablehlo.constant dense<[[4], [4], [9]]> : tensor<3x1xi32>
    %r = "stablehlo.scatter"(%x, %i, %y) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ${body} : (tensor<5x2xf64>, tensor<3x1xi32>, tensor<3x2xf64>) -> tensor<5x2xf64>`,
    ),
  ),
  sort: [
    lines(
      [[2, 5]],
      [2, 5],
      `%r = "stablehlo.sort"(%x) <{dimension = 1 : i64, is_stable = true}> ({
      ^bb0(%a: tensor<f64>, %b: tensor<f64>):
        %c = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f64>, tensor<f64>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      }) : (tensor<2x5xf64>) -> tensor<2x5xf64>`,
    ),
  ],
  "chlo.top_k": [
    lines(
      [[2, 5]],
      [2, 2],
      "%r, %i = chlo.top_k(%x, k = 2) : tensor<2x5xf64> -> (tensor<2x2xf64>, tensor<2x2xi32>)",
    ),
  ],
};
