/**
 * Programs whose loops tempt a compiler to overwrite what is still needed. Each is written for a scalar `S`, a vector
 * `V` and a square matrix `M`, so that small sizes become one serial kernel and large ones a loop around kernels.
 */

export interface Sizes {
  readonly name: string;
  /** Elements of a vector, and rows and columns of a matrix. */
  readonly vector: number;
  readonly side: number;
}

export const sizes: readonly Sizes[] = [
  { name: "small", vector: 5, side: 4 },
  { name: "vectors", vector: 67, side: 19 },
  { name: "large", vector: 40_000, side: 130 },
];

/** One operation: `%result = op operands : type`. */
type Line = string;

interface Loop {
  /** Name of the results. */
  readonly name: string;
  /** `[name, initial value, type]` of what is carried beside the counter `%i` of the loop. */
  readonly carries: readonly (readonly [string, string, string])[];
  readonly trips: number | "SIDE";
  readonly body: readonly Line[];
  readonly next: readonly string[];
}

/** A counted loop; `%NAME#0` is its counter. */
export function loop({ name, carries, trips, body, next }: Loop): string {
  const i = `%i_${name}`;
  const heads = [`${i} = %zero`, ...carries.map(([arg, init]) => `${arg} = ${init}`)];
  const types = ["S32", ...carries.map(([, , type]) => type)];
  return [
    `%${name}:${types.length} = stablehlo.while(${heads.join(", ")}) : ${types.join(", ")}`,
    "cond {",
    `  %n = stablehlo.constant dense<${trips}> : S32`,
    `  %p = stablehlo.compare LT, ${i}, %n, SIGNED : (S32, S32) -> tensor<i1>`,
    "  stablehlo.return %p : tensor<i1>",
    "} do {",
    ...body,
    `  %i_next = stablehlo.add ${i}, %one : S32`,
    `  stablehlo.return %i_next, ${next.join(", ")} : ${types.join(", ")}`,
    "}",
  ].join("\n");
}

const add = (r: string, a: string, b: string, type = "V"): Line =>
  `  ${r} = stablehlo.add ${a}, ${b} : ${type}`;
const subtract = (r: string, a: string, b: string, type = "V"): Line =>
  `  ${r} = stablehlo.subtract ${a}, ${b} : ${type}`;
const half = (r: string, a: string, type = "V"): Line[] => [
  `  ${r}_c = stablehlo.constant dense<0.5> : ${type}`,
  `  ${r} = stablehlo.multiply ${a}, ${r}_c : ${type}`,
];
const sine = (r: string, a: string, type = "V"): Line => `  ${r} = stablehlo.sine ${a} : ${type}`;
const reverse = (r: string, a: string): Line => `  ${r} = stablehlo.reverse ${a}, dims = [0] : V`;
const sum = (r: string, a: string): Line[] => [
  `  ${r}_z = stablehlo.constant dense<0.0> : S`,
  `  ${r} = stablehlo.reduce(${a} init: ${r}_z) applies stablehlo.add across dimensions = [0] : (V, S) -> S`,
];
const spread = (r: string, a: string): Line =>
  `  ${r} = stablehlo.broadcast_in_dim ${a}, dims = [] : (S) -> V`;
const rowAt = (r: string, m: string, i: string): Line =>
  `  ${r} = stablehlo.dynamic_slice ${m}, ${i}, %zero, sizes = [1, SIDE] : (M, S32, S32) -> R`;
const setRow = (r: string, m: string, row: string, i: string): Line =>
  `  ${r} = stablehlo.dynamic_update_slice ${m}, ${row}, ${i}, %zero : (M, R, S32, S32) -> M`;
const transpose = (r: string, m: string): Line =>
  `  ${r} = stablehlo.transpose ${m}, dims = [1, 0] : (M) -> M`;
const product = (r: string, a: string, b: string): Line =>
  `  ${r} = stablehlo.dot_general ${a}, ${b}, contracting_dims = [1] x [0] : (M, M) -> M`;

const two = (type: string): Loop["carries"] => [
  ["%a", "%x", type],
  ["%b", "%y", type],
];

export interface HazardProgram {
  readonly name: string;
  /** Types of the parameters `%x` and `%y`. */
  readonly type: "S" | "V" | "M";
  readonly lines: readonly string[];
  /** `[value, type]` of each result. */
  readonly results: readonly (readonly [string, string])[];
}

const results = (type: string, ...values: string[]): HazardProgram["results"] =>
  values.map((value) => [value, type] as const);

/** A loop over two carries that start as the parameters. */
function pair(
  name: string,
  type: "S" | "V" | "M",
  trips: number | "SIDE",
  body: readonly Line[],
  next: readonly [string, string],
): HazardProgram {
  return {
    name,
    type,
    lines: [loop({ name: "l", carries: two(type), trips, body, next })],
    results: results(type, "%l#1", "%l#2"),
  };
}

const swaps = (["S", "V", "M"] as const).flatMap((type) => [
  pair(`swap ${type}`, type, 3, [], ["%b", "%a"]),
  pair(`swap and change ${type}`, type, 5, [add("%c", "%a", "%b", type)], ["%b", "%c"]),
  pair(
    `both from both ${type}`,
    type,
    3,
    [...half("%h", "%a", type), add("%c", "%h", "%b", type), subtract("%d", "%h", "%b", type)],
    ["%c", "%d"],
  ),
  pair(`one for both ${type}`, type, 3, [sine("%c", "%a", type)], ["%c", "%c"]),
  pair(`a carry kept in another ${type}`, type, 3, [sine("%c", "%a", type)], ["%c", "%a"]),
  pair(`carries of outside ${type}`, type, 2, [add("%c", "%a", "%y", type)], ["%c", "%x"]),
  pair(`no trips ${type}`, type, 0, [add("%c", "%a", "%b", type)], ["%b", "%c"]),
  {
    name: `one start for both carries ${type}`,
    type,
    lines: [
      loop({
        name: "l",
        carries: [
          ["%a", "%x", type],
          ["%b", "%x", type],
        ],
        trips: 3,
        body: [sine("%c", "%a", type), add("%d", "%b", "%y", type)],
        next: ["%c", "%d"],
      }),
      add("%e", "%x", "%l#1", type),
    ],
    results: results(type, "%l#1", "%l#2", "%e"),
  } satisfies HazardProgram,
]);

const readsAfterUpdates: readonly HazardProgram[] = [
  pair(
    "a sum of the old and the new vector",
    "V",
    4,
    [
      ...half("%c", "%a"),
      ...sum("%old", "%a"),
      ...sum("%new", "%c"),
      "  %s = stablehlo.subtract %old, %new : S",
      spread("%v", "%s"),
      ...half("%w", "%b"),
      add("%d", "%v", "%w"),
    ],
    ["%c", "%d"],
  ),
  pair(
    "a vector and its reverse",
    "V",
    3,
    [reverse("%r", "%a"), ...half("%h", "%b"), add("%c", "%r", "%h")],
    ["%c", "%a"],
  ),
  pair(
    "reversed onto itself",
    "V",
    3,
    [reverse("%r", "%a"), ...half("%h", "%a"), add("%c", "%r", "%h")],
    ["%c", "%b"],
  ),
  pair(
    "transposed onto itself",
    "M",
    3,
    [transpose("%t", "%a"), ...half("%h", "%a", "M"), add("%c", "%t", "%h", "M")],
    ["%c", "%b"],
  ),
  pair(
    "a product onto its operand",
    "M",
    2,
    [product("%p", "%a", "%b"), ...half("%h", "%p", "M"), sine("%c", "%h", "M")],
    ["%c", "%b"],
  ),
  pair(
    "a product with itself",
    "M",
    2,
    [product("%p", "%a", "%a"), sine("%c", "%p", "M"), add("%d", "%a", "%c", "M")],
    ["%c", "%d"],
  ),
  pair(
    "a product that is the next carry and is read again",
    "M",
    3,
    [
      product("%p", "%a", "%y"),
      sine("%c", "%p", "M"),
      transpose("%t", "%c"),
      product("%q", "%t", "%c"),
      ...half("%h", "%b", "M"),
      add("%d", "%q", "%h", "M"),
    ],
    ["%c", "%d"],
  ),
];

const rowUpdates: readonly HazardProgram[] = [
  pair(
    "a row from the same row",
    "M",
    4,
    [rowAt("%r", "%a", "%i_l"), sine("%s", "%r", "R"), setRow("%c", "%a", "%s", "%i_l")],
    ["%c", "%b"],
  ),
  pair(
    "a row from the row before",
    "M",
    3,
    [
      rowAt("%r", "%a", "%i_l"),
      sine("%s", "%r", "R"),
      "  %j = stablehlo.add %i_l, %one : S32",
      setRow("%c", "%a", "%s", "%j"),
    ],
    ["%c", "%b"],
  ),
  pair(
    "rows shifted over each other",
    "M",
    3,
    [
      "  %w = stablehlo.slice %a [0:3, 0:SIDE] : (M) -> tensor<3xSIDExf32>",
      "  %c = stablehlo.dynamic_update_slice %a, %w, %one, %zero : (M, tensor<3xSIDExf32>, S32, S32) -> M",
    ],
    ["%c", "%b"],
  ),
  pair(
    "the old array read after the update",
    "M",
    4,
    [
      rowAt("%r", "%b", "%i_l"),
      setRow("%c", "%a", "%r", "%i_l"),
      transpose("%t", "%a"),
      ...half("%h", "%b", "M"),
      add("%d", "%t", "%h", "M"),
    ],
    ["%c", "%d"],
  ),
  pair(
    "two updates, one of the other's result",
    "M",
    3,
    [
      rowAt("%r", "%b", "%i_l"),
      setRow("%c", "%a", "%r", "%i_l"),
      rowAt("%s", "%c", "%one"),
      sine("%t", "%s", "R"),
      setRow("%d", "%c", "%t", "%zero"),
    ],
    ["%d", "%c"],
  ),
  pair(
    "arrays that take rows of each other",
    "M",
    4,
    [
      rowAt("%r", "%a", "%i_l"),
      rowAt("%s", "%b", "%i_l"),
      sine("%t", "%s", "R"),
      setRow("%c", "%a", "%t", "%i_l"),
      setRow("%d", "%b", "%r", "%i_l"),
    ],
    ["%c", "%d"],
  ),
];

/** A loop over `%u` and `%v` inside the body of a loop over `%a` and `%b`. */
function nested(
  name: string,
  inner: Omit<Loop, "name" | "carries">,
  trips: number,
  next: readonly [string, string],
): HazardProgram {
  const carries = [
    ["%u", "%a", "V"],
    ["%v", "%b", "V"],
  ] as const;
  return pair(name, "V", trips, [loop({ ...inner, name: "in", carries })], next);
}

const nests: readonly HazardProgram[] = [
  nested("a swap in a swap", { trips: 3, body: [sine("%w", "%u")], next: ["%v", "%w"] }, 2, [
    "%in#2",
    "%in#1",
  ]),
  nested(
    "an inner loop that reads the outer carries",
    {
      trips: 2,
      body: [add("%w", "%u", "%a"), ...half("%h", "%w"), subtract("%z", "%v", "%b")],
      next: ["%h", "%z"],
    },
    3,
    ["%in#1", "%in#2"],
  ),
  nested(
    "the outer carry kept beside the inner result",
    { trips: 2, body: [sine("%w", "%u"), add("%z", "%v", "%u")], next: ["%w", "%z"] },
    3,
    ["%in#2", "%a"],
  ),
  nested("no inner trips", { trips: 0, body: [sine("%w", "%u")], next: ["%v", "%w"] }, 3, ["%in#2", "%in#1"]),
  nested("no outer trips", { trips: 3, body: [sine("%w", "%u")], next: ["%v", "%w"] }, 0, ["%in#2", "%in#1"]),
];

const branches: readonly HazardProgram[] = (["S", "V"] as const).map((type) =>
  pair(
    `branches that swap or change ${type}`,
    type,
    4,
    [
      "  %q = stablehlo.and %i_l, %one : S32",
      '  %k:2 = "stablehlo.case"(%q) ({',
      `    stablehlo.return %b, %a : ${type}, ${type}`,
      "  }, {",
      add("  %s", "%a", "%b", type),
      `    stablehlo.return %s, %b : ${type}, ${type}`,
      `  }) : (S32) -> (${type}, ${type})`,
    ],
    ["%k#0", "%k#1"],
  ),
);

/** Loops one after the other, and results that share values. */
const sequences: readonly HazardProgram[] = [
  {
    name: "a loop that starts from another's result, which is returned too",
    type: "V",
    lines: [
      loop({ name: "l", carries: two("V"), trips: 2, body: [sine("%c", "%a")], next: ["%c", "%b"] }),
      loop({
        name: "k",
        carries: [
          ["%a", "%l#1", "V"],
          ["%b", "%l#1", "V"],
        ],
        trips: 2,
        body: [add("%c", "%a", "%b")],
        next: ["%b", "%c"],
      }),
    ],
    results: results("V", "%l#1", "%k#1", "%k#2", "%x", "%l#1"),
  },
  {
    name: "a parameter read after the loop that starts from it",
    type: "M",
    lines: [
      loop({
        name: "l",
        carries: two("M"),
        trips: 3,
        body: [rowAt("%r", "%b", "%i_l"), setRow("%c", "%a", "%r", "%i_l"), transpose("%d", "%b")],
        next: ["%c", "%d"],
      }),
      subtract("%e", "%l#1", "%x", "M"),
      subtract("%f", "%l#2", "%y", "M"),
    ],
    results: results("M", "%e", "%f", "%l#1"),
  },
  {
    name: "a predicate that reads what the body overwrites",
    type: "V",
    lines: [
      "%w:2 = stablehlo.while(%a = %x, %b = %y) : V, V",
      "cond {",
      ...sum("%s", "%a"),
      "  %n = stablehlo.constant dense<2.0e1> : S",
      "  %p = stablehlo.compare LT, %s, %n : (S, S) -> tensor<i1>",
      "  stablehlo.return %p : tensor<i1>",
      "} do {",
      "  %c_c = stablehlo.constant dense<0.75> : V",
      add("%c", "%a", "%c_c"),
      sine("%d", "%a"),
      "  stablehlo.return %c, %d : V, V",
      "}",
    ],
    results: results("V", "%w#0", "%w#1"),
  },
];

/** `%k` as last − i. */
const fromTheEnd = [
  "  %last = stablehlo.constant dense<SIDE> : S32",
  "  %m = stablehlo.subtract %last, %one : S32",
];
const rowOfA = [rowAt("%r", "%a", "%i_l"), sine("%s", "%r", "R")];

/** Rows stacked in `%b`: what it holds at the start must not be forgotten where something of it is seen. */
const stacks: readonly HazardProgram[] = [
  pair("every row written", "M", "SIDE", [...rowOfA, setRow("%c", "%b", "%s", "%i_l")], ["%a", "%c"]),
  pair(
    "every row written from the last",
    "M",
    "SIDE",
    [...rowOfA, ...fromTheEnd, "  %k = stablehlo.subtract %m, %i_l : S32", setRow("%c", "%b", "%s", "%k")],
    ["%a", "%c"],
  ),
  pair("the last rows not written", "M", 3, [...rowOfA, setRow("%c", "%b", "%s", "%i_l")], ["%a", "%c"]),
  pair(
    "the first row not written, the last one twice",
    "M",
    "SIDE",
    [...rowOfA, "  %k = stablehlo.add %i_l, %one : S32", setRow("%c", "%b", "%s", "%k")],
    ["%a", "%c"],
  ),
  pair(
    "one row written again and again",
    "M",
    "SIDE",
    [...rowOfA, setRow("%c", "%b", "%s", "%one")],
    ["%a", "%c"],
  ),
  pair(
    "rows read that are yet to be written",
    "M",
    "SIDE",
    [
      ...rowOfA,
      setRow("%c", "%b", "%s", "%i_l"),
      transpose("%t", "%c"),
      ...half("%h", "%a", "M"),
      add("%d", "%h", "%t", "M"),
    ],
    ["%d", "%c"],
  ),
  pair(
    "the stack kept in another carry",
    "M",
    "SIDE",
    [...rowOfA, setRow("%c", "%b", "%s", "%i_l")],
    ["%c", "%c"],
  ),
  pair(
    "half a row written",
    "M",
    "SIDE",
    [
      "  %w = stablehlo.dynamic_slice %a, %i_l, %zero, sizes = [1, 2] : (M, S32, S32) -> tensor<1x2xf32>",
      "  %c = stablehlo.dynamic_update_slice %b, %w, %i_l, %zero : (M, tensor<1x2xf32>, S32, S32) -> M",
    ],
    ["%a", "%c"],
  ),
];

/** Products whose operands start at a row that the counter names; the second writes over rows that it reads. */
const slicedProducts: readonly HazardProgram[] = [
  pair(
    "a product of rows from the counter on",
    "M",
    2,
    [
      "  %w = stablehlo.dynamic_slice %a, %i_l, %zero, sizes = [3, SIDE] : (M, S32, S32) -> tensor<3xSIDExf32>",
      "  %p = stablehlo.dot_general %w, %b, contracting_dims = [1] x [0] : (tensor<3xSIDExf32>, M) -> tensor<3xSIDExf32>",
      "  %c = stablehlo.dynamic_update_slice %b, %p, %i_l, %zero : (M, tensor<3xSIDExf32>, S32, S32) -> M",
    ],
    ["%a", "%c"],
  ),
  pair(
    "a product onto the rows that it is of, with the columns of the others",
    "M",
    2,
    [
      "  %w = stablehlo.dynamic_slice %a, %one, %i_l, sizes = [3, 3] : (M, S32, S32) -> tensor<3x3xf32>",
      "  %r = stablehlo.dynamic_slice %a, %i_l, %zero, sizes = [3, SIDE] : (M, S32, S32) -> tensor<3xSIDExf32>",
      "  %p = stablehlo.dot_general %w, %r, contracting_dims = [0] x [0] : (tensor<3x3xf32>, tensor<3xSIDExf32>) -> tensor<3xSIDExf32>",
      "  %c = stablehlo.dynamic_update_slice %a, %p, %i_l, %zero : (M, tensor<3xSIDExf32>, S32, S32) -> M",
    ],
    ["%c", "%b"],
  ),
];

export const hazards: readonly HazardProgram[] = [
  ...slicedProducts,
  ...stacks,
  ...swaps,
  ...readsAfterUpdates,
  ...rowUpdates,
  ...nests,
  ...branches,
  ...sequences,
];

/** The module's text for some sizes. */
export function textOf({ type, lines, results: outputs }: HazardProgram, { vector, side }: Sizes): string {
  const types: Readonly<Record<string, string>> = {
    S32: "tensor<i32>",
    SIDE: `${side}`,
    S: "tensor<f32>",
    V: `tensor<${vector}xf32>`,
    M: `tensor<${side}x${side}xf32>`,
    R: `tensor<1x${side}xf32>`,
  };
  const text = [
    `func.func public @main(%x: ${type}, %y: ${type}) -> (${outputs.map(([, t]) => t).join(", ")}) {`,
    "%zero = stablehlo.constant dense<0> : S32",
    "%one = stablehlo.constant dense<1> : S32",
    ...lines,
    `return ${outputs.map(([value]) => value).join(", ")} : ${outputs.map(([, t]) => t).join(", ")}`,
    "}",
  ].join("\n");
  return text.replace(/\bSIDE\b|(?<=x)SIDE(?=x)|SIDE|\bS32\b|\b[SVMR]\b/g, (name) => types[name] ?? name);
}
