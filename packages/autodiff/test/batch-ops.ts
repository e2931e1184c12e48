/** Programs for batching besides those of `ops.ts`: run-time indices, control flow, calls. */

import type { Opcode } from "@fluxion/ir";
import { lines, type OpCase } from "./ops.ts";

/** An index that differs from example to example: round(x · scale) of a scalar parameter. */
const index = (name: string, from: string, scale: number): string => `
    %${name}s = stablehlo.constant dense<${scale.toFixed(1)}> : tensor<f64>
    %${name}m = stablehlo.multiply %${from}, %${name}s : tensor<f64>
    %${name} = stablehlo.convert %${name}m : (tensor<f64>) -> tensor<i32>`;

const counted = (limit: string): string => `
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %c = %x) : tensor<i32>, tensor<3xf64>
    cond {
      %1 = stablehlo.compare LT, %i, ${limit}, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.sine %c : tensor<3xf64>
      %b = stablehlo.broadcast_in_dim %y, dims = [] : (tensor<f64>) -> tensor<3xf64>
      %2 = stablehlo.add %1, %b : tensor<3xf64>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %3 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %3, %2 : tensor<i32>, tensor<3xf64>
    }
    %r = stablehlo.negate %0#1 : tensor<3xf64>`;

/** Function definitions that follow `@main`. */
const withFunctions = (opCase: OpCase, functions: string): OpCase => ({
  ...opCase,
  text: `${opCase.text}\n${functions}`,
});

const square = `
  func.func private @f(%a: tensor<3xf64>, %b: tensor<f64>) -> (tensor<3xf64>, tensor<f64>) {
    %0 = stablehlo.multiply %a, %a : tensor<3xf64>
    %1 = stablehlo.sine %b : tensor<f64>
    return %0, %1 : tensor<3xf64>, tensor<f64>
  }`;

export const batchCases: { readonly [K in Opcode]?: readonly OpCase[] } = {
  compare: [
    lines(
      [[3], [3]],
      [3],
      `%p = stablehlo.compare GE, %x, %y : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xi1>
    %r = stablehlo.convert %p : (tensor<3xi1>) -> tensor<3xf64>`,
    ),
  ],
  select: [
    lines(
      [[], [3], [3]],
      [3],
      `%h = stablehlo.constant dense<0.1> : tensor<f64>
    %p = stablehlo.compare GE, %x, %h : (tensor<f64>, tensor<f64>) -> tensor<i1>
    %r = stablehlo.select %p, %y, %z : tensor<i1>, tensor<3xf64>`,
    ),
  ],
  clamp: [
    lines(
      [[], [2, 3], []],
      [2, 3],
      "%r = stablehlo.clamp %x, %y, %z : (tensor<f64>, tensor<2x3xf64>, tensor<f64>) -> tensor<2x3xf64>",
    ),
  ],
  reshape: [
    lines([[2, 3, 4]], [6, 4], "%r = stablehlo.reshape %x : (tensor<2x3x4xf64>) -> tensor<6x4xf64>"),
    lines([[2, 0]], [0, 5], "%r = stablehlo.reshape %x : (tensor<2x0xf64>) -> tensor<0x5xf64>"),
    lines([[]], [1, 1], "%r = stablehlo.reshape %x : (tensor<f64>) -> tensor<1x1xf64>"),
  ],
  broadcast_in_dim: [
    lines([[]], [2, 2], "%r = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f64>) -> tensor<2x2xf64>"),
    lines(
      [[2]],
      [3, 2],
      "%r = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<2xf64>) -> tensor<3x2xf64>",
    ),
  ],
  bitcast_convert: [
    lines(
      [[3]],
      [3],
      `%0 = stablehlo.bitcast_convert %x : (tensor<3xf64>) -> tensor<3x2xi32>
    %1 = stablehlo.reverse %0, dims = [1] : tensor<3x2xi32>
    %2 = stablehlo.reverse %1, dims = [1] : tensor<3x2xi32>
    %r = stablehlo.bitcast_convert %2 : (tensor<3x2xi32>) -> tensor<3xf64>`,
    ),
  ],
  dynamic_slice: [
    lines(
      [[5, 4], [], []],
      [2, 3],
      `${index("i", "y", 5)}${index("j", "z", 3)}
    %r = stablehlo.dynamic_slice %x, %i, %j, sizes = [2, 3] : (tensor<5x4xf64>, tensor<i32>, tensor<i32>) -> tensor<2x3xf64>`,
    ),
    lines(
      [[5, 4], []],
      [2, 4],
      `${index("i", "y", 5)}
    %z = stablehlo.constant dense<0> : tensor<i32>
    %r = stablehlo.dynamic_slice %x, %i, %z, sizes = [2, 4] : (tensor<5x4xf64>, tensor<i32>, tensor<i32>) -> tensor<2x4xf64>`,
    ),
    lines(
      [[2], []],
      [2],
      `${index("i", "y", 5)}
    %r = stablehlo.dynamic_slice %x, %i, sizes = [2] : (tensor<2xf64>, tensor<i32>) -> tensor<2xf64>`,
    ),
  ],
  dynamic_update_slice: [
    lines(
      [[5, 4], [2, 3], []],
      [5, 4],
      `${index("i", "z", 5)}
    %r = stablehlo.dynamic_update_slice %x, %y, %i, %i : (tensor<5x4xf64>, tensor<2x3xf64>, tensor<i32>, tensor<i32>) -> tensor<5x4xf64>`,
    ),
    lines(
      [[300], [2], []],
      [300],
      `%s = stablehlo.constant dense<127.0> : tensor<f64>
    %m = stablehlo.multiply %z, %s : tensor<f64>
    %i = stablehlo.convert %m : (tensor<f64>) -> tensor<i8>
    %r = stablehlo.dynamic_update_slice %x, %y, %i : (tensor<300xf64>, tensor<2xf64>, tensor<i8>) -> tensor<300xf64>`,
      { range: [0.5, 1] },
    ),
  ],
  reduce: [
    lines(
      [[2, 5], []],
      [2],
      `%r = stablehlo.reduce(%x init: %y) across dimensions = [1] : (tensor<2x5xf64>, tensor<f64>) -> tensor<2xf64>
      reducer(%a: tensor<f64>, %b: tensor<f64>) {
        %m = stablehlo.maximum %a, %b : tensor<f64>
        stablehlo.return %m : tensor<f64>
      }`,
    ),
    lines(
      [
        [2, 3],
        [2, 3],
      ],
      [3],
      `%z = stablehlo.constant dense<-9.0> : tensor<f64>
      %0, %r = stablehlo.reduce(%x init: %z), (%y init: %z) across dimensions = [0] : (tensor<2x3xf64>, tensor<2x3xf64>, tensor<f64>, tensor<f64>) -> (tensor<3xf64>, tensor<3xf64>)
      reducer(%a: tensor<f64>, %b: tensor<f64>) (%c: tensor<f64>, %d: tensor<f64>) {
        %p = stablehlo.compare GE, %a, %b : (tensor<f64>, tensor<f64>) -> tensor<i1>
        %m = stablehlo.select %p, %a, %b : tensor<i1>, tensor<f64>
        %n = stablehlo.select %p, %c, %d : tensor<i1>, tensor<f64>
        stablehlo.return %m, %n : tensor<f64>, tensor<f64>
      }`,
    ),
  ],
  reduce_window: [
    lines(
      [[2, 4], []],
      [2, 3],
      `%r = "stablehlo.reduce_window"(%x, %y) <{padding = dense<[[0, 0], [1, 1]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 2>, window_strides = array<i64: 1, 2>}> ({
      ^bb0(%a: tensor<f64>, %b: tensor<f64>):
        %c = stablehlo.maximum %a, %b : tensor<f64>
        stablehlo.return %c : tensor<f64>
      }) : (tensor<2x4xf64>, tensor<f64>) -> tensor<2x3xf64>`,
    ),
  ],
  dot_general: [
    lines(
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
      "%r = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xf64>, tensor<3x4xf64>) -> tensor<2x4xf64>",
    ),
    lines(
      [[3], [3]],
      [],
      "%r = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<3xf64>, tensor<3xf64>) -> tensor<f64>",
    ),
  ],
  gather: [
    // Indices with a dimension of vectors in the middle; windows around them.
    lines(
      [
        [5, 3, 2],
        [2, 1, 2],
      ],
      [2, 2, 2],
      `%s = stablehlo.constant dense<4.0> : tensor<2x1x2xf64>
    %m = stablehlo.multiply %y, %s : tensor<2x1x2xf64>
    %i = stablehlo.convert %m : (tensor<2x1x2xf64>) -> tensor<2x1x2xi32>
    %r = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0, 2], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 2, 1>}> : (tensor<5x3x2xf64>, tensor<2x1x2xi32>) -> tensor<2x2x2xf64>`,
    ),
    // Two windows' dimensions, one in front of the indices' and one behind.
    lines(
      [
        [5, 3, 2],
        [2, 1],
      ],
      [2, 2, 2],
      `%s = stablehlo.constant dense<4.0> : tensor<2x1xf64>
    %m = stablehlo.multiply %y, %s : tensor<2x1xf64>
    %i = stablehlo.convert %m : (tensor<2x1xf64>) -> tensor<2x1xi32>
    %r = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [0, 2], collapsed_slice_dims = [1], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 2, 1, 2>}> : (tensor<5x3x2xf64>, tensor<2x1xi32>) -> tensor<2x2x2xf64>`,
    ),
    // Batching dimensions already there.
    lines(
      [
        [2, 4],
        [2, 3],
      ],
      [2, 3],
      `%s = stablehlo.constant dense<4.0> : tensor<2x3xf64>
    %m = stablehlo.multiply %y, %s : tensor<2x3xf64>
    %i = stablehlo.convert %m : (tensor<2x3xf64>) -> tensor<2x3xi32>
    %r = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [0], start_index_map = [1], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1>}> : (tensor<2x4xf64>, tensor<2x3xi32>) -> tensor<2x3xf64>`,
    ),
  ],
  scatter: ["stablehlo.add %a, %b", "stablehlo.maximum %a, %b"].map((body) =>
    lines(
      [
        [5, 2],
        [2, 3],
        [3, 2],
      ],
      [5, 2],
      `%s = stablehlo.constant dense<4.5> : tensor<2x3xf64>
    %m = stablehlo.multiply %y, %s : tensor<2x3xf64>
    %h = stablehlo.slice %m [0:1, 0:3] : (tensor<2x3xf64>) -> tensor<1x3xf64>
    %i = stablehlo.convert %h : (tensor<1x3xf64>) -> tensor<1x3xi32>
    %r = "stablehlo.scatter"(%x, %i, %z) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>}> ({
      ^bb0(%a: tensor<f64>, %b: tensor<f64>):
        %c = ${body} : tensor<f64>
        stablehlo.return %c : tensor<f64>
      }) : (tensor<5x2xf64>, tensor<1x3xi32>, tensor<3x2xf64>) -> tensor<5x2xf64>`,
    ),
  ),
  sort: [
    lines(
      [
        [2, 5],
        [2, 5],
      ],
      [2, 5],
      `%0, %r = "stablehlo.sort"(%x, %y) <{dimension = -2 : i64, is_stable = true}> ({
      ^bb0(%a: tensor<f64>, %b: tensor<f64>, %p: tensor<f64>, %q: tensor<f64>):
        %c = stablehlo.compare LT, %a, %b : (tensor<f64>, tensor<f64>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      }) : (tensor<2x5xf64>, tensor<2x5xf64>) -> (tensor<2x5xf64>, tensor<2x5xf64>)`,
    ),
  ],
  while: [
    lines(
      [[3], []],
      [3],
      counted("%lim").replace("%zero =", "%lim = stablehlo.constant dense<4> : tensor<i32>\n%zero ="),
    ),
    lines([[3], []], [3], `${index("n", "y", 6)}${counted("%n")}`, { range: [-0.3, 1] }),
  ],
  case: [
    lines(
      [[3], []],
      [3],
      `${index("i", "y", 4)}
    %r = "stablehlo.case"(%i) ({
        %0 = stablehlo.sine %x : tensor<3xf64>
        stablehlo.return %0 : tensor<3xf64>
      }, {
        %0 = stablehlo.constant dense<2.0> : tensor<3xf64>
        stablehlo.return %0 : tensor<3xf64>
      }, {
        %0 = stablehlo.broadcast_in_dim %y, dims = [] : (tensor<f64>) -> tensor<3xf64>
        stablehlo.return %0 : tensor<3xf64>
      }) : (tensor<i32>) -> tensor<3xf64>`,
    ),
  ],
  if: [
    lines(
      [[3], []],
      [3],
      `%h = stablehlo.constant dense<0.0> : tensor<f64>
    %p = stablehlo.compare GE, %y, %h : (tensor<f64>, tensor<f64>) -> tensor<i1>
    %r, %s = "stablehlo.if"(%p) ({
        %0 = stablehlo.sine %x : tensor<3xf64>
        stablehlo.return %0, %y : tensor<3xf64>, tensor<f64>
      }, {
        stablehlo.return %x, %h : tensor<3xf64>, tensor<f64>
      }) : (tensor<i1>) -> (tensor<3xf64>, tensor<f64>)`,
    ),
  ],
  call: [
    withFunctions(
      lines(
        [[3], []],
        [3],
        `%0, %1 = call @f(%x, %y) : (tensor<3xf64>, tensor<f64>) -> (tensor<3xf64>, tensor<f64>)
    %2, %3 = call @f(%0, %1) : (tensor<3xf64>, tensor<f64>) -> (tensor<3xf64>, tensor<f64>)
    %4 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<f64>) -> tensor<3xf64>
    %r = stablehlo.add %2, %4 : tensor<3xf64>`,
      ),
      square,
    ),
  ],
};
