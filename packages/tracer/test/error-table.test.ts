/** The errors that users search for: class, JAX's phrase, the user's line, and what to do instead. */

import { config, errors, jit, jnp, lax, type NDArray, nn, random } from "fluxion";
import { describe, expect, test } from "vitest";
import { setWarningSink } from "../src/core/warnings.ts";

interface Row {
  readonly run: () => unknown;
  readonly type: new (...args: never[]) => Error;
  readonly texts: readonly string[];
}

const any = (x: NDArray): NDArray => x;
const [two, three, grid] = [jnp.ones([2]), jnp.ones([3]), jnp.ones([2, 3])].map((x) => any(x as NDArray));
const traced = (f: (x: NDArray) => unknown, x: unknown = three) => jit(f as (x: unknown) => never)(x);
let leaked: NDArray = three;

const table: Readonly<Record<string, Row>> = {
  "operands of one rank": {
    run: () => jnp.add(three, two),
    type: TypeError,
    texts: [
      "add got incompatible shapes for broadcasting: (3,), (2,).",
      "x      (1d array): 3",
      "y      (1d array): 2",
      "x + y  (1d array): error: 3 and 2 at axis 0",
    ],
  },
  "operands of two ranks": {
    run: () => jnp.add(grid, two),
    type: TypeError,
    texts: [
      "Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)]",
      "x      (2d array): 2 x 3",
      "y      (1d array):     2",
      "help: y.reshape(2, 1) broadcasts over the columns",
    ],
  },
  where: {
    run: () => jnp.where(true, grid, two),
    type: RangeError,
    texts: ["Incompatible shapes for broadcasting: shapes=", "(2, 3)", "(2,)"],
  },
  broadcastShapes: {
    run: () => jnp.broadcastShapes([2, 3], [2]),
    type: RangeError,
    texts: ["Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)]"],
  },
  takeAlongAxis: {
    run: () => jnp.takeAlongAxis(grid, jnp.zeros([4, 3], "int32"), 1),
    type: RangeError,
    texts: ["Incompatible shapes for broadcasting: shapes=[(2, 3), (4, 3)]"],
  },
  broadcastTo: {
    run: () => jnp.broadcastTo(three, [2]),
    type: RangeError,
    texts: ["Incompatible types for broadcasting: input type=float32[3] and requested type=float32[2]"],
  },
  "an axis twice": {
    run: () => grid.sum([0, 0] as never),
    type: RangeError,
    texts: ["duplicate value in 'axis': (0, 0)"],
  },
  "an axis twice in a quantile": {
    run: () => jnp.quantile(grid, 0.5, { axis: [0, 0] }),
    type: RangeError,
    texts: ["duplicate value in 'axis': (0, 0)"],
  },
  "a quantile of no elements": {
    run: () => jnp.median(jnp.zeros([0, 3]), 0),
    type: TypeError,
    texts: ["median of an array of shape (0, 3)"],
  },
  "weights of another shape": {
    run: () => jnp.average(grid, { weights: three }),
    type: RangeError,
    texts: ["Axis must be specified when shapes of a and weights differ."],
  },
  "start indices": {
    run: () => lax.dynamicSlice(three, [0, 0], [1]),
    type: RangeError,
    texts: ["dynamicSlice needs one start index for each of 1 axes, got 2."],
  },
  "fewer classes than none": {
    run: () => nn.oneHot(1, -1),
    type: TypeError,
    texts: ["oneHot: numClasses must have non-negative sizes, got (-1)"],
  },
  "random integers as floats": {
    run: () => random.uniform(random.key(0), [2], "int32" as never),
    type: RangeError,
    texts: ["dtype argument to `uniform` must be a float dtype, got int32"],
  },
  "random bits as floats": {
    run: () => random.bits(random.key(0), [2], "float32" as never),
    type: RangeError,
    texts: ["dtype argument to `bits` must be an unsigned int dtype, got float32"],
  },
  "the only element of several": {
    run: () => two.item(),
    type: RangeError,
    texts: ["can only convert an array of size 1 to a scalar, got float32[2]"],
  },
  "an update of another shape": {
    run: () => jnp.zeros([3, 4]).at(":").set(three),
    type: RangeError,
    texts: ["could not broadcast input array from shape (3,) into shape (3, 4)", "x.at(...).set()"],
  },
  matmul: {
    run: () => jnp.matmul(three, two),
    type: TypeError,
    texts: ["dot_general requires contracting dimensions to have the same shape, got (3,) and (2,)."],
  },
  "assignment to an element": {
    run: () => {
      (three as unknown as number[])[0] = 1;
    },
    type: TypeError,
    texts: ["JAX arrays are immutable and do not support in-place item assignment.", "x = x.at(0).set(y)"],
  },
  "reading an element by brackets": {
    run: () => (three as unknown as number[])[0],
    type: TypeError,
    texts: ["x.get(0)"],
  },
  "a condition on a tracer": {
    run: () => traced((x) => (Number(x.sum().gt(0)) === 1 ? x : x.neg())),
    type: errors.TracerBoolConversionError,
    texts: [
      "Attempted boolean conversion of traced array with shape bool[].",
      "lax.cond",
      "staticArgnums",
      "the argument x",
    ],
  },
  "a traced value as a shape": {
    run: () => traced((n) => jnp.zeros([n as unknown as number]), 3),
    type: TypeError,
    texts: ["Shapes must be 1D sequences of concrete values of integer type", "staticArgnums"],
  },
  "a leaked tracer": {
    run: () => {
      traced((x) => {
        leaked = x.mul(2);
        return x;
      });
      return leaked.add(1);
    },
    type: errors.UnexpectedTracerError,
    texts: ["Encountered an unexpected tracer.", "made while tracing", "was used after that trace had ended"],
  },
  "a change of the carry": {
    run: () =>
      lax.scan((c: NDArray, x: NDArray) => [jnp.concatenate([c, c]) as NDArray, x] as const, three, three),
    type: TypeError,
    texts: [
      "scan body function carry input and carry output must have equal types",
      "float32[3]",
      "float32[6]",
    ],
  },
  "branches of two types": {
    run: () =>
      lax.cond(
        true,
        () => three,
        () => two,
      ),
    type: TypeError,
    texts: ["cond branches must have equal output types but they differ.", "float32[3]", "float32[2]"],
  },
  "an axis outside": {
    run: () => jnp.sum(three, 2),
    type: RangeError,
    texts: ["axis 2 is out of bounds for array of dimension 1"],
  },
  "a reshape that does not fit": {
    run: () => grid.reshape(4, -1),
    type: TypeError,
    texts: ["cannot reshape array of shape (2, 3) (size 6) into shape (4, -1)"],
  },
  "a seed in place of a key": {
    run: () => random.normal(0),
    type: TypeError,
    texts: ["random.key(seed) makes one"],
  },
  "a list in place of an array": {
    run: () => jnp.sin([1, 2] as never),
    type: TypeError,
    texts: [
      "sin requires ndarray or scalar arguments, got a JavaScript array at position 0",
      "jnp.array([1,2])",
    ],
  },
  "an unknown option": {
    run: () => jnp.sum(three, { axes: 0 }),
    type: TypeError,
    texts: ["sum() got an unexpected option 'axes'", "It takes: axis, dtype"],
  },
  "rank promotion forbidden": {
    run: () => config.with({ numpyRankPromotion: "raise" }, () => jnp.add(grid, three)),
    type: TypeError,
    texts: ["Following NumPy automatic rank promotion for add on shapes (2, 3) (3,)."],
  },
  "a NaN": {
    run: () => config.with({ debugNans: true }, () => jnp.log(jnp.array([-1]))),
    type: errors.FloatingPointError,
    texts: ["invalid value (nan) encountered in log"],
  },
  "a donated array": {
    run: () => {
      const big = jnp.ones([1000]);
      jit((x: NDArray) => x.add(1), { donateArgnums: 0 })(big);
      return big.add(1);
    },
    type: errors.DeletedArrayError,
    texts: ["Array has been deleted with shape=float32[1000]", "donateArgnums", "x.copy()"],
  },
};

describe("errors", () => {
  test.each(Object.entries(table))("%s", (_, { run, type, texts }) => {
    expect(run).toThrow(type);
    for (const text of texts) expect(run).toThrow(text);
  });

  test.each(Object.entries(table))("%s: the user's line", (_, { run }) => {
    expect(run).toThrow(/error-table\.test\.ts:\d+/);
  });
});

test("64 bits without x64: a warning, once for a line", () => {
  const warnings: string[] = [];
  const before = setWarningSink((message) => warnings.push(message));
  try {
    for (let i = 0; i < 3; i++) expect(jnp.ones([2], { dtype: "float64" }).dtype).toBe("float32");
    jnp.ones([2], { dtype: "float64" });
  } finally {
    setWarningSink(before);
  }
  expect(warnings.length).toBe(2);
  expect(warnings[0]).toContain(
    "Explicitly requested dtype float64 requested in ones is not available, and will be truncated to dtype float32.",
  );
  expect(warnings[0]).toContain("error-table.test.ts");
  expect(warnings[0]).toContain('config.update("enableX64", true)');
});
