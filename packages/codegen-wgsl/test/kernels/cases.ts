/** Programs that become every kind of kernel: movement, folds, rows, windows, products, indexed accesses, control flow. */

import {
  asScatterNumbers,
  type Builder,
  bitcastShape,
  type DType,
  dtypeTable,
  isComplex,
  isFloat,
  isInteger,
  literal,
  type Shape,
  splat,
  type Value,
} from "@fluxion/ir";
import { identity, splatOf } from "../../../../tests/fuzz/recipes-fold.ts";
import { type Bound, type Case, caseOf, exact, typesOf } from "./case.ts";
import { argmax, comparison, largestDifference } from "./largest.ts";

const sums: Bound = { ulps: 64, ofLargest: true };
const boundOf = (dtype: DType): Bound => (isFloat(dtype) || isComplex(dtype) ? sums : exact);

const movement = (dtype: DType): Case =>
  caseOf(
    `movement ${dtype}`,
    typesOf(dtype, [[3, 4, 5], [4], [], [2, 4, 5], [9, 1030], [0, 4]]),
    (b, args) => {
      const [x, row, scalar, y, long, none] = args;
      return [
        b.broadcast(row, [3, 4, 5], [1]),
        b.broadcast(scalar, [2, 0, 3], []),
        b.one("transpose", [x], { permutation: [2, 0, 1] }),
        b.one("transpose", [long], { permutation: [1, 0] }),
        b.reshape(x, [5, 12]),
        b.reshape(none, [0]),
        b.one("reverse", [x], { dimensions: [0, 2] }),
        b.one("slice", [x], { start_indices: [0, 1, 0], limit_indices: [3, 4, 5], strides: [2, 1, 3] }),
        b.one("concatenate", [x, y, x], { dimension: 0 }),
        b.one("concatenate", [none, none], { dimension: 1 }),
        b.one("pad", [x, scalar], {
          edge_padding_low: [1, -1, 0],
          edge_padding_high: [0, 2, -1],
          interior_padding: [0, 1, 2],
        }),
      ];
    },
  );

const dynamic = (dtype: DType): Case =>
  caseOf(
    `dynamic slices ${dtype}`,
    [
      { dtype, shape: [5, 7] },
      { dtype, shape: [2, 3] },
      { dtype: "int32", shape: [] },
      { dtype: "int32", shape: [] },
    ],
    (b, [x, update, i, j]) => [
      b.one("dynamic_slice", [x, i, j], { slice_sizes: [2, 4] }),
      b.op("dynamic_update_slice", x, update, i, j),
      b.op("dynamic_update_slice", x, update, b.scalar("int32", 1), b.scalar("int32", 2)),
    ],
  );

const numbering = (dtype: DType): Case =>
  caseOf(`iota ${dtype}`, [], (b) =>
    [[7], [3, 5], [2, 3, 4]].map((shape, axis) =>
      b.one("iota", [], { iota_dimension: axis }, { types: [{ dtype, shape }] }),
    ),
  );

const bitcasts = (from: DType, to: DType): Case[] => {
  const wide: Shape = [
    3,
    dtypeTable[to].bits > dtypeTable[from].bits ? dtypeTable[to].bits / dtypeTable[from].bits : 4,
  ];
  const type = { dtype: from, shape: wide };
  const shape = bitcastShape(type, to);
  if (shape === undefined) return [];
  return [
    caseOf(`bitcast_convert ${from} to ${to}`, [type], (b, [x]) => [
      b.as("bitcast_convert", { dtype: to, shape }, x),
    ]),
  ];
};

/** Over trailing, leading, inner and all dimensions, of none, of short and of long ones. */
const foldShapes: readonly (readonly [Shape, readonly number[]])[] = [
  [[7], [0]],
  [[3, 5], [1]],
  [[3, 5], [0]],
  [[3, 4, 5], [1]],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 2, 2, 1, 2],
    [1, 3],
  ],
  [[0, 3], [0]],
  [[4, 0], [1]],
  [[3, 700], [1]],
  [[700, 5], [0]],
  [[100, 90], [1]],
  [[20000], [0]],
  [[5], []],
];

const foldable = (opcode: (typeof folds)[number], dtype: DType): boolean => {
  if (["and", "or", "xor"].includes(opcode)) return isInteger(dtype) || dtype === "bool";
  if (opcode === "maximum" || opcode === "minimum") return !isComplex(dtype);
  return dtype !== "bool" || opcode === "add";
};
const folds = ["add", "multiply", "maximum", "minimum", "and", "or", "xor"] as const;

function fold(opcode: (typeof folds)[number], dtype: DType): Case {
  // Long products of floats leave their range, and empty extremes are infinite: both say little.
  const some = foldShapes.filter(([shape]) => opcode !== "multiply" || shape.every((size) => size < 100));
  const type = some.map(([shape]) => ({ dtype, shape }));
  return caseOf(
    `reduce ${opcode} ${dtype}`,
    type,
    (b, args) =>
      args.map((x, i) => {
        const init = isComplex(dtype)
          ? b.scalar(dtype, [opcode === "multiply" ? 1 : 0, 0])
          : b.constant(splatOf(dtype, identity(dtype, opcode)));
        return b.reduceWith(opcode, x, init, some[i][1]);
      }),
    {
      boxes: [opcode === "multiply" ? [0.75, 1.25] : [-1, 2]],
      bound: opcode === "maximum" || opcode === "minimum" ? exact : boundOf(dtype),
    },
  );
}

/** Running folds and small windows. */
function windows(dtype: DType): Case {
  const some: Shape[] = [[11], [3, 40], [6, 7]];
  return caseOf(
    `reduce_window ${dtype}`,
    typesOf(dtype, some),
    (b, [x, rows, image]) => [
      window(b, x, [11], [[10, 0]]),
      window(
        b,
        rows,
        [1, 40],
        [
          [0, 0],
          [39, 0],
        ],
      ),
      window(
        b,
        rows,
        [3, 1],
        [
          [2, 0],
          [0, 0],
        ],
      ),
      window(
        b,
        image,
        [3, 2],
        [
          [1, 1],
          [0, 1],
        ],
        [2, 1],
      ),
    ],
    { boxes: [[-1, 2]], bound: boundOf(dtype) },
  );
}

/** Long enough to be divided: from the first element, and from the last. */
const longScan = (dtype: DType): Case =>
  caseOf(
    `running sums of 2050 ${dtype}`,
    typesOf(dtype, [[2050]]),
    (b, [x]) => [window(b, x, [2050], [[2049, 0]]), window(b, x, [2050], [[0, 2049]])],
    { boxes: [[-1, 2]], bound: boundOf(dtype) },
  );

function window(
  b: Builder,
  x: Value,
  window_dimensions: readonly number[],
  padding: readonly (readonly number[])[],
  window_strides: readonly number[] = window_dimensions.map(() => 1),
): Value {
  const { dtype } = x.type;
  const scalar = { dtype, shape: [] };
  const body = b.region([scalar, scalar], (inner, [p, q]) => [inner.op("add", p, q)]);
  const ones = window_dimensions.map(() => 1);
  const edges = BigInt64Array.from(padding.flat(), BigInt);
  return b.one(
    "reduce_window",
    [x, b.constant(splat(dtype, [], isComplex(dtype) ? [0, 0] : 0))],
    {
      window_dimensions,
      window_strides,
      base_dilations: ones,
      window_dilations: ones,
      padding: literal("int64", [padding.length, 2], edges),
    },
    { regions: [body] },
  );
}

/** lhs, rhs, batch × contracting dimensions: every layout, and sizes around those of tiles. */
const products: readonly (readonly [Shape, Shape, number[][], number[][]])[] = [
  [[5], [5], [[], []], [[0], [0]]],
  [[3, 5], [5], [[], []], [[1], [0]]],
  [
    [3, 5],
    [5, 4],
    [[], []],
    [[1], [0]],
  ],
  [
    [5, 3],
    [5, 4],
    [[], []],
    [[0], [0]],
  ],
  [
    [3, 5],
    [4, 5],
    [[], []],
    [[1], [1]],
  ],
  [
    [5, 3],
    [4, 5],
    [[], []],
    [[0], [1]],
  ],
  [
    [2, 3, 5],
    [2, 5, 4],
    [[0], [0]],
    [[2], [1]],
  ],
  [
    [3, 2, 5],
    [5, 4, 2],
    [[1], [2]],
    [[2], [0]],
  ],
  [
    [3, 0],
    [0, 4],
    [[], []],
    [[1], [0]],
  ],
  [
    [0, 3],
    [3, 4],
    [[], []],
    [[1], [0]],
  ],
  [
    [2, 3, 4],
    [4, 3, 5],
    [[], []],
    [
      [1, 2],
      [1, 0],
    ],
  ],
  [
    [33, 20],
    [20, 34],
    [[], []],
    [[1], [0]],
  ],
  [
    [70, 65],
    [65, 67],
    [[], []],
    [[1], [0]],
  ],
  [
    [64, 64],
    [64, 64],
    [[], []],
    [[1], [1]],
  ],
  [
    [1, 300],
    [300, 40],
    [[], []],
    [[1], [0]],
  ],
  [
    [40, 300],
    [300, 2],
    [[], []],
    [[1], [0]],
  ],
];

const dot = (dtype: DType): Case =>
  caseOf(
    `dot_general ${dtype}`,
    products.flatMap(([lhs, rhs]) => typesOf(dtype, [lhs, rhs])),
    (b, args) =>
      products.map(([, , batch, contracting], i) =>
        b.one("dot_general", [args[2 * i], args[2 * i + 1]], {
          dot_dimension_numbers: {
            lhsBatching: batch[0],
            rhsBatching: batch[1],
            lhsContracting: contracting[0],
            rhsContracting: contracting[1],
          },
        }),
      ),
    { boxes: [[-1, 1]], bound: boundOf(dtype) },
  );

/** A product whose operands and result are computed in its own kernel. */
const fusedDot = (dtype: DType): Case =>
  caseOf(
    `dense layer ${dtype}`,
    typesOf(dtype, [[70, 33], [33, 65], [65]]),
    (b, [x, w, bias]) => {
      const product = b.one("dot_general", [b.op("negate", x), b.op("add", w, w)], {
        dot_dimension_numbers: {
          lhsBatching: [],
          rhsBatching: [],
          lhsContracting: [1],
          rhsContracting: [0],
        },
      });
      const shifted = b.op("add", product, b.broadcast(bias, [70, 65], [1]));
      return [b.op("maximum", shifted, b.scalar(dtype, 0, [70, 65]))];
    },
    { boxes: [[-1, 1]], bound: boundOf(dtype) },
  );

/** Means, variances and the softmax of rows. */
const rows = (dtype: DType, [m, n]: readonly [number, number]): Case =>
  caseOf(
    `softmax ${m}×${n} ${dtype}`,
    typesOf(dtype, [[m, n]]),
    (b, [x]) => {
      const least = b.constant(splatOf(dtype, identity(dtype, "maximum")));
      const largest = b.broadcast(b.reduceWith("maximum", x, least, [1]), [m, n], [0]);
      const e = b.op("exponential", b.op("subtract", x, largest));
      const total = b.reduceWith("add", e, b.scalar(dtype, 0), [1]);
      return [b.op("divide", e, b.broadcast(total, [m, n], [0])), total];
    },
    { boxes: [[-2, 2]], bound: sums },
  );

const gathered = (dtype: DType): Case =>
  caseOf(
    `gather and scatter ${dtype}`,
    [
      { dtype, shape: [9, 4] },
      { dtype: "int32", shape: [6] },
      { dtype, shape: [6, 4] },
    ],
    (b, [x, at, updates]) => {
      const numbers = {
        offsetDims: [1],
        collapsedSliceDims: [0],
        operandBatchingDims: [],
        startIndicesBatchingDims: [],
        startIndexMap: [0],
        indexVectorDim: 1,
      };
      const scalar = { dtype, shape: [] };
      const replace = b.region([scalar, scalar], (_, [, q]) => [q]);
      return [
        b.one("gather", [x, at], { dimension_numbers: numbers, slice_sizes: [1, 4] }),
        b.one(
          "scatter",
          [x, at, updates],
          { scatter_dimension_numbers: asScatterNumbers(numbers) },
          { regions: [replace] },
        ),
      ];
    },
  );

function sorted(dtype: DType): Case {
  const some: Shape[] = [[13], [4, 33], [700]];
  return caseOf(`sort ${dtype}`, typesOf(dtype, some), (b, args) =>
    args.flatMap((x) => {
      const { shape } = x.type;
      const dimension = shape.length - 1;
      const index = b.one("iota", [], { iota_dimension: dimension }, { types: [{ dtype: "int32", shape }] });
      const scalar = { dtype, shape: [] };
      const position = { dtype: "int32", shape: [] } as const;
      const region = b.region([scalar, scalar, position, position], (inner, [p, q]) => [
        inner.one("compare", [p, q], { comparison_direction: "LT", compare_type: comparison(dtype) }),
      ]);
      return b.emit("sort", [x, index], { dimension, is_stable: true }, { regions: [region] });
    }),
  );
}

const topK = (dtype: DType): Case =>
  caseOf(`top_k ${dtype}`, typesOf(dtype, [[13], [3, 40]]), (b, args) =>
    args.flatMap((x) => b.emit("chlo.top_k", [x], { k: 5 })),
  );

/** One elementwise kernel of more arrays than shaders may bind. */
const manyInputs = (dtype: DType): Case =>
  caseOf(
    `reduce 20 arrays ${dtype}`,
    typesOf(
      dtype,
      Array.from({ length: 20 }, () => [30]),
    ),
    (b, args) => [args.reduce((sum, x) => b.op("add", sum, x))],
    { boxes: [[-1, 1]], bound: boundOf(dtype) },
  );

/** A counted loop, one whose end depends on its values, and branches. */
function control(dtype: DType): Case {
  const counter = { dtype: "int32", shape: [] } as const;
  const type = { dtype, shape: [5] };
  return caseOf(
    `while, case, if ${dtype}`,
    [type, counter, { dtype: "bool", shape: [] }],
    (b, [x, n, flag]) => {
      const body = b.region([counter, type], (inner, [i, y]) => [
        inner.op("add", i, inner.scalar("int32", 1)),
        inner.one("reverse", [y], { dimensions: [0] }),
      ]);
      const below = (limit: (inner: Builder) => Value) =>
        b.region([counter, type], (inner, [i]) => [
          inner.one("compare", [i, limit(inner)], { comparison_direction: "LT", compare_type: "SIGNED" }),
        ]);
      const start = b.scalar("int32", 0);
      const few = b.op("and", n, b.scalar("int32", 7));
      const counted = b.emit(
        "while",
        [start, x],
        {},
        { regions: [below((inner) => inner.scalar("int32", 3)), body] },
      );
      const open = b.emit("while", [start, x], {}, { regions: [below(() => few), body] });
      const same = b.region([], () => [x]);
      const turned = b.region([], (inner) => [inner.one("reverse", [x], { dimensions: [0] })]);
      return [
        ...counted,
        ...open,
        ...b.emit("case", [n], {}, { regions: [same, turned, same] }),
        ...b.emit("if", [flag], {}, { regions: [same, turned] }),
      ];
    },
  );
}

export function kernelCases(dtypes: readonly DType[]): Case[] {
  const ordered = dtypes.filter((dtype) => !isComplex(dtype));
  const numeric = dtypes.filter((dtype) => dtype !== "bool");
  const floats = dtypes.filter((dtype) => isFloat(dtype));
  return [
    ...dtypes.map(movement),
    ...dtypes.map(dynamic),
    ...numeric.map(numbering),
    ...ordered
      .filter((dtype) => dtype !== "bool")
      .flatMap((from) => ordered.filter(isInteger).flatMap((to) => bitcasts(from, to))),
    ...dtypes.flatMap((dtype) => folds.filter((o) => foldable(o, dtype)).map((o) => fold(o, dtype))),
    ...ordered.map(argmax),
    ...dtypes.filter((dtype) => dtype === "float32").map(largestDifference),
    ...numeric.map(windows),
    ...dtypes.filter((dtype) => dtype === "int32" || dtype === "float32").map(longScan),
    ...dtypes.map(dot),
    ...floats.map(fusedDot),
    ...floats.flatMap((dtype) => [rows(dtype, [100, 64]), rows(dtype, [70, 33]), rows(dtype, [3, 2000])]),
    ...numeric.map(manyInputs),
    ...dtypes.map(gathered),
    ...ordered.filter((dtype) => dtype !== "bool").map(sorted),
    ...ordered.filter(isInteger).map(topK),
    ...dtypes.map(control),
  ];
}
