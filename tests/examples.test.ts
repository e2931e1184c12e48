/** Runs every example and compares all that it prints. Values follow from the text of the example or are NumPy's and JAX's. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** What each example prints, indented by two spaces. */
const expected: Readonly<Record<string, string>> = {
  broadcasting: `
  (3) + () -> (3)
  (2,3) + (3) -> (2,3)
  (2,1) + (1,3) -> (2,3)
  (8,1,6,1) + (7,1,5) -> (8,7,6,5)
  Array([[ 0,  1,  2],
         [10, 11, 12],
         [20, 21, 22],
         [30, 31, 32]], dtype=int32)
  add got incompatible shapes for broadcasting: (3,), (2,).

    x      (1d array): 3
    y      (1d array): 2
    --------------------
    x + y  (1d array): error: 3 and 2 at axis 0
  Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)]

    x      (2d array): 2 x 3
    y      (1d array):     2
    ------------------------
    x + y  (2d array): error: 3 and 2 at axis 1

    help: y.reshape(2, 1) broadcasts over the columns
  Array([[1., 1., 1.],
         [2., 2., 2.]], dtype=float32)
`,
  "row-means": `
  row means: Array([1., 4., 7.], dtype=float32)
  wrong, row means afterwards: Array([-3.,  0.,  3.], dtype=float32)
  right, row means afterwards: Array([0., 0., 0.], dtype=float32)
  same: true
  Incompatible shapes for broadcasting: shapes=[(3, 2), (3,)]

    x      (2d array): 3 x 2
    y      (1d array):     3
    ------------------------
    x - y  (2d array): error: 2 and 3 at axis 1

    help: y.reshape(3, 1) broadcasts over the columns
`,
  "size-explosion": `
  inputs: 8000 bytes each
  all differences: shape (2000,2000), 16000000 bytes, 2000 times as many
  mean squared difference: 1.167
  its scratch memory is below a hundredth of that matrix: true
  by algebra: 1.167
`,
  standardise: `
  means before: 4.94 -19.81 -0.00
  stds before:  1.00 9.77 0.10
  shape: (1000,3), dtype: float32
  means are 0: true
  stds are 1:  true
`,
  "matmul-batches": `
  (3) @ (3) -> ()
  (2,3) @ (3) -> (2)
  (3) @ (3,4) -> (4)
  (2,3) @ (3,4) -> (2,4)
  (5,2,3) @ (5,3,4) -> (5,2,4)
  (5,2,3) @ (3,4) -> (5,2,4)
  (7,1,2,3) @ (5,3,4) -> (7,5,2,4)
  Array([[[ 1,  0],
          [ 3,  2]],

         [[ 5,  4],
          [ 7,  6]],

         [[ 9,  8],
          [11, 10]]], dtype=int32)
  slice agrees: true
  dot_general requires contracting dimensions to have the same shape, got (3,) and (2,).

    x  (1d array): 3   axis 0 is summed
    y  (1d array): 2   axis 0 is summed
`,
  assignment: `
  Array([[1., 1., 1., 1.],
         [0., 0., 0., 0.],
         [0., 0., 0., 0.]], dtype=float32)
  Array([[ 0., 10.,  0.,  0.],
         [ 0., 20.,  0.,  0.],
         [ 0., 30.,  0.,  0.]], dtype=float32)
  Array([[0., 0., 0., 0.],
         [5., 0., 5., 0.],
         [5., 0., 5., 0.]], dtype=float32)
  x itself is still zero: true
  could not broadcast input array from shape (3,) into shape (3, 4): the index of x.at(...).set() selects (3, 4), and the value is stretched along dimensions of size 1 only
  JAX arrays are immutable and do not support in-place item assignment. Instead of x[0] = y, write x = x.at(0).set(y), or another method of x.at(...)
  read: 2, written: Array([0, 1, 2], dtype=int32)
  Array([1., 2., 3., 4.], dtype=float32)
`,
  keys: `
  key: Array([   0, 1234], dtype=uint32)
  normal(key) twice: 1.1031 1.1031
  split(key): Array([[1264997412, 2518116175],
         [2877103387, 1697627890]], dtype=uint32)
  -0.9524 0.3462 0.3677
  1.4984 -1.4731 -2.0876
  0.3240 1.3939 -1.1767
  foldIn: Array([ 928981903, 3453687069], dtype=uint32)
  bits: Array([4070199207, 4202968722, 1427181096, 2012915765], dtype=uint32)
  randint: Array([9, 0, 2, 3, 1], dtype=int32)
  jitted as eager: true
`,
  "jit-limits": `
  branch: TracerBoolConversionError: Attempted boolean conversion of traced array with shape bool[].
  where: Array([ 1., -2.,  3.], dtype=float32)
  shape: TypeError: Shapes must be 1D sequences of concrete values of integer type, got (JitTracer(~int32[]),) in zeros.
  static: Array([3., 3., 3.], dtype=float32)
  mask: NonConcreteBooleanIndexError: Array boolean indices must be concrete; got bool[3]: the size of the result would depend on values. Use jnp.where(mask, x, other), which keeps the shape
  where: Array([1., 0., 3.], dtype=float32)
  item: ConcretizationTypeError: Abstract tracer value encountered where concrete value is expected: traced array with shape float32[]
  outside: 2
  leak: UnexpectedTracerError: Encountered an unexpected tracer. A traced array of type float32[3], made while tracing <lambda> for jit
  returned: Array([ 2., -4.,  6.], dtype=float32)
  side effects in 3 calls: 1
`,
  selu: `
  eager:  Array([0.       , 1.05     , 2.1      , 3.1499999, 4.2      ], dtype=float32)
  jitted: Array([0.       , 1.05     , 2.1      , 3.1499999, 4.2      ], dtype=float32)
  traced 1 time(s) for one shape
  traced 2 time(s) for two shapes
  agree: true
  selu(-1) = -1.10842
`,
  mtcars: `
  cars: (32,11) float32
  cyl disp hp drat wt qsec vs am gear carb mpg
  means: 6.19 230.72 146.69 3.60 3.22 17.85 0.44 0.41 3.69 2.81 20.09
  stds:  1.76 121.99 67.48 0.53 0.96 1.76 0.50 0.49 0.73 1.59 5.93
  first car, standardised: -0.11 -0.58 -0.54 0.58 -0.62 -0.79 -0.88 1.21 0.43 0.75 0.15
  correlation with mpg: -0.85 -0.85 -0.78 0.68 -0.87 0.42 0.66 0.60 0.48 -0.55 1.00
  read back: (32,11) float32, equal: true
`,
  "logistic-regression": `
  by grad: 0.3401 0.1194 0.0938
  by hand: 0.3401 0.1194 0.0938
  step    0: loss 0.6931, 19 of 32 cars right
  step   10: loss 0.2875, 29 of 32 cars right
  step  100: loss 0.1639, 30 of 32 cars right
  step 1000: loss 0.1572, 30 of 32 cars right
  step 2000: loss 0.1572, 30 of 32 cars right
  per 1000 lb and per horsepower: -8.08 0.04, intercept: 18.87
`,
  newton: `
  √2 = 1.4142135381698608, 5 steps
  √9 = 3, 6 steps
  √1000000 = 1000, 14 steps
  E:     Array([1.384, 1.862, 2.218, 2.522, 2.801, 3.067], dtype=float32)
  steps: Array([6, 5, 5, 4, 4, 3], dtype=int32, weak_type=True)
  solved: true
  RangeError: Reverse-mode differentiation does not work for lax.while_loop or lax.fori_loop with dynamic start/stop values.
  d√y/dy at 2: 0.3536, 1 / (2√2) = 0.3536
`,
  curvature: `
  gradient:
  Array([-215.60004 ,  111.999985, -100.      ], dtype=float32)
  Hessian:
  Array([[1330.     ,  480.00003,    0.     ],
         [ 480.     , 1202.     , -400.     ],
         [   0.     , -400.     ,  200.     ]], dtype=float32)
  Hessian · v, by the matrix:
  Array([1330.,  880., -200.], dtype=float32)
  Hessian · v, without it:
  Array([1330.,  880., -200.], dtype=float32)
  strongest curvature, 100000 dimensions: 1799
`,
  "per-example-gradients": `
  slope:  Array([  0.,   0.,   0., -60.], dtype=float32)
  offset: Array([  0.,   0.,   0., -20.], dtype=float32)
  mean: -15 -5
  grad: -15 -5
  clipped: Array([ 0.       ,  0.       ,  0.       , -4.7434163], dtype=float32)
`,
  derivatives: `
  f(1.5), f′, f″: 0.3750 4.7500 9.0000
  g(1.5), g′, g″: 4.4705 4.7875 0.6340
  h(1.5), h′, h″: 0.4870 -0.4058 -0.3652
  TypeError: Gradient only defined for scalar-output functions. Output had shape: (101,).
  slopes: 101, equal to the formula's: true
  σ′ = σ(1 − σ): true, steepest 0.25 at 0
  drawn: 4 curves
`,
};

const dedent = (text: string): string => text.replace(/^\n/, "").replace(/^ {2}/gm, "");

test.each(Object.keys(expected))("examples/%s.ts prints what it should", async (name) => {
  const { stdout, stderr } = await run(
    process.execPath,
    ["--conditions=fluxion-source", join(root, "examples", `${name}.ts`)],
    { cwd: root },
  );
  expect(stderr).toBe("");
  expect(stdout).toBe(dedent(expected[name]));
});

test("every example is checked", () => {
  const programs = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts"));
  // The tour prints times and is checked with its text; what is trained for long is checked by what was learned.
  const checked = [...Object.keys(expected).map((name) => `${name}.ts`), "tour.ts", "digits.ts", "rnn.ts"];
  expect(programs.filter((file) => !checked.includes(file))).toEqual([]);
});
