/** Conformance cases of the ops that are not elementwise, on arrays of m × n. */

import { type DType, dtypeTable, formatType, isComplex, isFloat, type Opcode, type Shape } from "@fluxion/ir";
import { type Case, exact, type Interval } from "./case.ts";

type Make = (dtype: DType, m: number, n: number) => Case | undefined;

const small: Interval = { low: -2, high: 2 };
const T = (dtype: DType, ...shape: number[]): string => formatType({ dtype, shape });

/** One argument of m × n and one result. */
const moved =
  (
    result: (m: number, n: number) => Shape,
    text: (x: string, r: string, m: number, n: number) => string,
  ): Make =>
  (dtype, m, n) => ({
    args: [{ type: { dtype, shape: [m, n] } }],
    results: [{ dtype, shape: result(m, n) }],
    lines: text(T(dtype, m, n), formatType({ dtype, shape: result(m, n) }), m, n),
    ulps: exact,
  });

const zero = (dtype: DType): string =>
  isFloat(dtype) ? "0.0" : isComplex(dtype) ? "(0.0, 0.0)" : dtype === "bool" ? "false" : "0";

/** A region of two scalars. */
const reducer = (dtype: DType, opcode: string): string => `({
  ^bb0(%p: ${T(dtype)}, %q: ${T(dtype)}):
    %s = ${opcode} %p, %q : ${T(dtype)}
    stablehlo.return %s : ${T(dtype)}
})`;

/** Sums of so many terms round differently in different orders. */
const sumUlps = (dtype: DType, terms: number): number =>
  isFloat(dtype) || isComplex(dtype) ? 2 * terms : exact;

const folded =
  (dimension: 0 | 1): Make =>
  (dtype, m, n) => {
    const result = { dtype, shape: [dimension === 0 ? n : m] };
    const fold = (r: string, op: string): string =>
      `${r} = stablehlo.reduce(%a init: %z) applies stablehlo.${op} across dimensions = [${dimension}] : (${T(dtype, m, n)}, ${T(dtype)}) -> ${formatType(result)}`;
    const ops = isComplex(dtype) ? ["add"] : ["add", "maximum", "minimum"];
    return {
      args: [{ type: { dtype, shape: [m, n] }, interval: small }],
      results: ops.map(() => result),
      lines: [
        `%z = stablehlo.constant dense<${zero(dtype)}> : ${T(dtype)}`,
        ...ops.map((op, i) => fold(i === 0 ? "%r" : `%r${i}`, op)),
      ].join("\n"),
      ulps: sumUlps(dtype, dimension === 0 ? m : n),
    };
  };

const counter = (body: string, dtype: DType, shape: Shape, condition: string): string => `
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %w:2 = stablehlo.while(%i = %zero, %x = %a) : tensor<i32>, ${formatType({ dtype, shape })}
   cond {
    ${condition}
    stablehlo.return %c : tensor<i1>
  } do {
    ${body}
    %j = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %j, %y : tensor<i32>, ${formatType({ dtype, shape })}
  }`;

/** The ops; several cases where an op has several faces. */
export const structureCases: Partial<Record<Opcode, readonly Make[]>> = {
  optimization_barrier: [
    moved(
      (m, n) => [m, n],
      (x) => `%r = stablehlo.optimization_barrier %a : ${x}`,
    ),
  ],
  iota: [
    (dtype, m, n) =>
      dtype === "bool"
        ? undefined
        : {
            args: [],
            results: [{ dtype, shape: [m, n] }],
            lines: `%r = stablehlo.iota dim = 1 : ${T(dtype, m, n)}`,
            ulps: exact,
          },
  ],
  broadcast_in_dim: [
    moved(
      (m, n) => [n, 3, m],
      (x, r) => `%r = stablehlo.broadcast_in_dim %a, dims = [2, 0] : (${x}) -> ${r}`,
    ),
  ],
  reshape: [
    moved(
      (m, n) => [n, m],
      (x, r) => `%r = stablehlo.reshape %a : (${x}) -> ${r}`,
    ),
  ],
  transpose: [
    moved(
      (m, n) => [n, m],
      (x, r) => `%r = stablehlo.transpose %a, dims = [1, 0] : (${x}) -> ${r}`,
    ),
  ],
  slice: [
    moved(
      (m, n) => [Math.min(m, 2), Math.ceil((n - 1) / 3)],
      (x, r, m, n) => `%r = stablehlo.slice %a [0:${Math.min(m, 2)}, 1:${n}:3] : (${x}) -> ${r}`,
    ),
  ],
  reverse: [
    moved(
      (m, n) => [m, n],
      (x) => `%r = stablehlo.reverse %a, dims = [1] : ${x}`,
    ),
  ],
  pad: [
    (dtype, m, n) => ({
      args: [{ type: { dtype, shape: [m, n] } }, { type: { dtype, shape: [] } }],
      results: [{ dtype, shape: [m + 1, 2 * n - 1 + 1] }],
      lines: `%r = stablehlo.pad %a, %b, low = [1, -1], high = [0, 2], interior = [0, 1] : (${T(dtype, m, n)}, ${T(dtype)}) -> ${T(dtype, m + 1, 2 * n)}`,
      ulps: exact,
    }),
  ],
  concatenate: [
    (dtype, m, n) => ({
      args: [{ type: { dtype, shape: [m, n] } }, { type: { dtype, shape: [m, 1] } }],
      results: [{ dtype, shape: [m, n + 1] }],
      lines: `%r = stablehlo.concatenate %a, %b, dim = 1 : (${T(dtype, m, n)}, ${T(dtype, m, 1)}) -> ${T(dtype, m, n + 1)}`,
      ulps: exact,
    }),
  ],
  dynamic_slice: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype: "int32", shape: [] }, interval: { low: -3, high: 300 } },
        { type: { dtype: "int32", shape: [] }, interval: { low: 0, high: 5 } },
      ],
      results: [{ dtype, shape: [1, 2] }],
      lines: `%r = stablehlo.dynamic_slice %a, %b, %c, sizes = [1, 2] : (${T(dtype, m, n)}, tensor<i32>, tensor<i32>) -> ${T(dtype, 1, 2)}`,
      ulps: exact,
    }),
  ],
  dynamic_update_slice: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype, shape: [1, 2] } },
        { type: { dtype: "int32", shape: [] }, interval: { low: -3, high: 300 } },
        { type: { dtype: "int32", shape: [] }, interval: { low: 0, high: 5 } },
      ],
      results: [{ dtype, shape: [m, n] }],
      lines: `%r = stablehlo.dynamic_update_slice %a, %b, %c, %d : (${T(dtype, m, n)}, ${T(dtype, 1, 2)}, tensor<i32>, tensor<i32>) -> ${T(dtype, m, n)}`,
      ulps: exact,
    }),
  ],
  bitcast_convert: [
    (dtype, m, n) => {
      const { kind, bits } = dtypeTable[dtype];
      if (kind === "complex" || kind === "bool") return undefined;
      const target = `${kind === "float" ? "int" : "uint"}${bits}` as DType;
      if (target === dtype) return undefined;
      return {
        args: [{ type: { dtype, shape: [m, n] }, interval: { low: 0, high: 50 } }],
        results: [{ dtype: target, shape: [m, n] }],
        lines: `%r = stablehlo.bitcast_convert %a : (${T(dtype, m, n)}) -> ${T(target, m, n)}`,
        ulps: exact,
      };
    },
  ],
  reduce: [folded(1), folded(0)],
  reduce_window: [
    (dtype, m, n) => {
      if (isComplex(dtype)) return undefined;
      const result = { dtype, shape: [m, n] };
      return {
        args: [{ type: { dtype, shape: [m, n] }, interval: small }],
        results: [result],
        lines: `%z = stablehlo.constant dense<${zero(dtype)}> : ${T(dtype)}
%r = "stablehlo.reduce_window"(%a, %z) <{padding = dense<[[0, 0], [2, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 3>}> ${reducer(dtype, "stablehlo.add")} : (${T(dtype, m, n)}, ${T(dtype)}) -> ${formatType(result)}`,
        ulps: sumUlps(dtype, 3),
      };
    },
  ],
  dot_general: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] }, interval: small },
        { type: { dtype, shape: [m, n] }, interval: small },
      ],
      results: [
        { dtype, shape: [m, m] },
        { dtype, shape: [m] },
      ],
      lines: `%r = stablehlo.dot_general %a, %b, contracting_dims = [1] x [1] : (${T(dtype, m, n)}, ${T(dtype, m, n)}) -> ${T(dtype, m, m)}
%r1 = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (${T(dtype, m, n)}, ${T(dtype, m, n)}) -> ${T(dtype, m)}`,
      ulps: sumUlps(dtype, 2 * n),
    }),
  ],
  while: [
    (dtype, m, n) => ({
      args: [{ type: { dtype, shape: [m, n] } }],
      results: [{ dtype, shape: [m, n] }],
      lines: `%limit = stablehlo.constant dense<3> : tensor<i32>
${counter(`%y = stablehlo.reverse %x, dims = [1] : ${T(dtype, m, n)}`, dtype, [m, n], "%c = stablehlo.compare LT, %i, %limit, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>")}
%r = stablehlo.reverse %w#1, dims = [0] : ${T(dtype, m, n)}`,
      ulps: exact,
    }),
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype: "int32", shape: [] }, interval: { low: 2, high: 5 } },
      ],
      results: [
        { dtype, shape: [m, n] },
        { dtype: "int32", shape: [] },
      ],
      lines: `${counter(`%y = stablehlo.reverse %x, dims = [1] : ${T(dtype, m, n)}`, dtype, [m, n], "%c = stablehlo.compare LT, %i, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>")}
%r = stablehlo.reverse %w#1, dims = [0] : ${T(dtype, m, n)}
%r1 = stablehlo.add %w#0, %w#0 : tensor<i32>`,
      ulps: exact,
    }),
  ],
  case: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype: "int32", shape: [] }, interval: { low: -1, high: 3 } },
      ],
      results: [{ dtype, shape: [m, n] }],
      lines: `%r = "stablehlo.case"(%b) ({
  %x = stablehlo.reverse %a, dims = [0] : ${T(dtype, m, n)}
  stablehlo.return %x : ${T(dtype, m, n)}
}, {
  %x = stablehlo.reverse %a, dims = [1] : ${T(dtype, m, n)}
  stablehlo.return %x : ${T(dtype, m, n)}
}) : (tensor<i32>) -> ${T(dtype, m, n)}`,
      ulps: exact,
    }),
  ],
  if: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype: "bool", shape: [] }, interval: { low: 0, high: 1 } },
      ],
      results: [{ dtype, shape: [m, n] }],
      lines: `%r = "stablehlo.if"(%b) ({
  %x = stablehlo.reverse %a, dims = [0] : ${T(dtype, m, n)}
  stablehlo.return %x : ${T(dtype, m, n)}
}, {
  stablehlo.return %a : ${T(dtype, m, n)}
}) : (tensor<i1>) -> ${T(dtype, m, n)}`,
      ulps: exact,
    }),
  ],
  gather: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] } },
        { type: { dtype: "int32", shape: [5, 1] }, interval: { low: -2, high: m + 1 } },
      ],
      results: [{ dtype, shape: [5, n] }],
      lines: `%r = "stablehlo.gather"(%a, %b) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, ${n}>}> : (${T(dtype, m, n)}, tensor<5x1xi32>) -> ${T(dtype, 5, n)}`,
      ulps: exact,
    }),
  ],
  scatter: [
    (dtype, m, n) => ({
      args: [
        { type: { dtype, shape: [m, n] }, interval: small },
        { type: { dtype: "int32", shape: [5, 1] }, interval: { low: -2, high: m + 1 } },
        { type: { dtype, shape: [5, n] }, interval: small },
      ],
      results: [{ dtype, shape: [m, n] }],
      lines: `%r = "stablehlo.scatter"(%a, %b, %c) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ${reducer(dtype, "stablehlo.add")} : (${T(dtype, m, n)}, tensor<5x1xi32>, ${T(dtype, 5, n)}) -> ${T(dtype, m, n)}`,
      ulps: sumUlps(dtype, 5),
    }),
  ],
  sort: [
    (dtype, m, n) => {
      const { kind } = dtypeTable[dtype];
      if (kind === "complex") return undefined;
      const how = kind === "float" ? "TOTALORDER" : kind === "int" ? "SIGNED" : "UNSIGNED";
      return {
        args: [{ type: { dtype, shape: [m, n] }, interval: { low: -2, high: 100 } }],
        results: [{ dtype, shape: [m, n] }],
        lines: `%r = "stablehlo.sort"(%a) <{dimension = 1 : i64, is_stable = true}> ({
  ^bb0(%p: ${T(dtype)}, %q: ${T(dtype)}):
    %s = stablehlo.compare LT, %p, %q, ${how} : (${T(dtype)}, ${T(dtype)}) -> tensor<i1>
    stablehlo.return %s : tensor<i1>
}) : (${T(dtype, m, n)}) -> ${T(dtype, m, n)}`,
        ulps: exact,
      };
    },
  ],
  "chlo.top_k": [
    (dtype, m, n) =>
      isComplex(dtype) || dtype === "bool"
        ? undefined
        : {
            args: [{ type: { dtype, shape: [m, n] }, interval: { low: 0, high: 100 } }],
            results: [
              { dtype, shape: [m, 2] },
              { dtype: "int32", shape: [m, 2] },
            ],
            lines: `%r, %r1 = chlo.top_k(%a, k = 2) : ${T(dtype, m, n)} -> (${T(dtype, m, 2)}, tensor<${m}x2xi32>)`,
            ulps: exact,
          },
  ],
};
