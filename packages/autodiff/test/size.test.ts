/** How large what transforms give is: ops, functions, residuals, zeros. */

import { type Block, buildFunction, type Func, type TensorType } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { batch, jvp, linearize, ModuleScope, vjp } from "../src/index.ts";
import { subject } from "./harness.ts";

const vector: TensorType = { dtype: "float32", shape: [8] };

/** Operations of a block and of its regions. */
const opsOf = (block: Block): number =>
  block.operations.reduce((sum, { regions }) => sum + regions.reduce((n, region) => n + opsOf(region), 1), 0);
const size = (...funcs: readonly Func[]): number => funcs.reduce((sum, { body }) => sum + opsOf(body), 0);

/** Sines, products with an input, tanhs and reductions that are spread again, in turn. */
function mixedChain(length: number): Func {
  return buildFunction("main", [vector, vector], (b, [x, w]) => {
    let y = x;
    for (let i = 0; i < length; i++) {
      if (i % 4 === 0) y = b.op("sine", y);
      else if (i % 4 === 1) y = b.op("multiply", y, w);
      else if (i % 4 === 2) y = b.op("tanh", y);
      else y = b.broadcast(b.reduceWith("add", y, b.scalar("float32", 0), [0]), [8], []);
    }
    return [y];
  });
}

/** Ops for each op of the function, at three lengths. */
const growth = (derive: (func: Func) => number): number[] =>
  [10, 100, 1000].map((n) => derive(mixedChain(n)) / n);

describe("ops grow in proportion", () => {
  const transforms: readonly (readonly [name: string, derive: (func: Func) => number, most: number])[] = [
    ["jvp", (func) => size(jvp(new ModuleScope([]), func, [true, true]).func), 6.5],
    [
      "gradient",
      (func) => {
        const { forward, backward } = vjp(new ModuleScope([]), func, [true, true]);
        return size(forward, backward);
      },
      6.5,
    ],
    ["vmap", (func) => size(batch(new ModuleScope([]), func, 3, [0, null]).func), 3],
    [
      "gradient of a gradient",
      (func) => {
        const scope = new ModuleScope([]);
        const { backward } = vjp(scope, func, [true, true]);
        const second = vjp(
          scope,
          backward,
          backward.body.arguments.map(({ type }) => type.dtype === "float32"),
        );
        return size(second.forward, second.backward);
      },
      14,
    ],
  ];
  it.each(transforms)("%s", (_, derive, most) => {
    const [, hundred, thousand] = growth(derive);
    expect(thousand).toBeLessThan(most);
    expect(Math.abs(thousand / hundred - 1)).toBeLessThan(0.05);
  });
});

/** `@main` calls `@f` some times on what the call before gave. */
const calls = (count: number): string => `
  func.func @main(%0: tensor<8xf32>) -> tensor<8xf32> {
    ${Array.from({ length: count }, (_, i) => `%${i + 1} = call @f(%${i}) : (tensor<8xf32>) -> tensor<8xf32>`).join("\n")}
    return %${count} : tensor<8xf32>
  }
  func.func private @f(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = stablehlo.sine %x : tensor<8xf32>
    %1 = stablehlo.multiply %0, %x : tensor<8xf32>
    %2 = stablehlo.exponential %1 : tensor<8xf32>
    return %2 : tensor<8xf32>
  }`;

describe("functions that are called stay functions", () => {
  it("a function called 50 times is differentiated once", () => {
    const [once, often] = [1, 50].map((count) => {
      const { scope, func } = subject(calls(count));
      const { forward, backward } = vjp(scope, func, [true]);
      return { functions: scope.functions.length, main: size(forward, backward) };
    });
    expect(often.functions).toBe(once.functions);
    // Forward call and backward call; nothing of the function's body is copied.
    expect(often.main).toBe(2 * 50 + 2);
  });

  it("and so it is along jvp, linearize and vmap", () => {
    const { scope, func } = subject(calls(50));
    const before = scope.functions.length;
    jvp(scope, func, [true]);
    expect(scope.functions.length - before).toBe(1);
    linearize(scope, func, [true]);
    expect(scope.functions.length - before).toBe(3);
    batch(scope, func, 3, [0]);
    expect(scope.functions.length - before).toBe(4);
  });

  it("a derivative of the second order differentiates each derived function once", () => {
    const { scope, func } = subject(calls(50));
    const first = jvp(scope, func, [true]).func;
    const before = scope.functions.length;
    jvp(scope, first, [true, true]);
    expect(scope.functions.length - before).toBe(1);
  });
});

/** Residuals that are neither parameters nor results of the function. */
function extras(text: string, active?: readonly boolean[]): string[] {
  const { scope, func } = subject(text);
  const { primal, residualTypes } = linearize(scope, func, active ?? func.body.arguments.map(() => true));
  const [end] = primal.body.operations.slice(-1);
  const results = end.operands.slice(0, func.resultTypes.length);
  return end.operands
    .slice(results.length, results.length + residualTypes.length)
    .filter((value) => !primal.body.arguments.includes(value) && !results.includes(value))
    .map(({ type: { dtype, shape } }) => `${dtype}[${shape}]`);
}

const one = (type: string, lines: string): string =>
  `func.func @main(%x: ${type}, %y: ${type}) -> ${type} {\n${lines}\nreturn %r : ${type}\n}`;
const v = "tensor<8xf32>";

describe("residuals are few", () => {
  const cases: readonly (readonly [name: string, text: string, kept: readonly string[]])[] = [
    ["x·y keeps its operands, which are inputs", one(v, `%r = stablehlo.multiply %x, %y : ${v}`), []],
    [
      "x·y·y: one product is computed again from inputs",
      one(v, `%0 = stablehlo.multiply %x, %y : ${v}\n%r = stablehlo.multiply %0, %y : ${v}`),
      [],
    ],
    ["exp keeps its result", one(v, `%r = stablehlo.exponential %x : ${v}`), []],
    ["tanh keeps its result", one(v, `%r = stablehlo.tanh %x : ${v}`), []],
    ["sin keeps the cosine", one(v, `%r = stablehlo.sine %x : ${v}`), ["float32[8]"]],
    ["max keeps its operands", one(v, `%r = stablehlo.maximum %x, %y : ${v}`), []],
    [
      "a sum of linear ops keeps nothing",
      one(
        v,
        `%0 = stablehlo.add %x, %y : ${v}\n%1 = stablehlo.reverse %0, dims = [0] : ${v}\n%r = stablehlo.subtract %1, %x : ${v}`,
      ),
      [],
    ],
    [
      "a chain of three tanhs keeps one value for each inner link",
      one(v, `%0 = stablehlo.tanh %x : ${v}\n%1 = stablehlo.tanh %0 : ${v}\n%r = stablehlo.tanh %1 : ${v}`),
      ["float32[8]", "float32[8]"],
    ],
    [
      "a perceptron of two layers keeps the hidden activations",
      `func.func @main(%x: tensor<4x5xf32>, %w: tensor<5x6xf32>, %u: tensor<6x3xf32>) -> tensor<4x3xf32> {
        %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x5xf32>, tensor<5x6xf32>) -> tensor<4x6xf32>
        %1 = stablehlo.tanh %0 : tensor<4x6xf32>
        %2 = stablehlo.dot_general %1, %u, contracting_dims = [1] x [0] : (tensor<4x6xf32>, tensor<6x3xf32>) -> tensor<4x3xf32>
        return %2 : tensor<4x3xf32>
      }`,
      ["float32[4,6]"],
    ],
    [
      "a recurrent layer keeps the states of its turns, not its inputs",
      `func.func @main(%xs: tensor<7x3xf32>, %w: tensor<3x3xf32>, %h0: tensor<3xf32>) -> tensor<3xf32> {
        %zero = stablehlo.constant dense<0> : tensor<i32>
        %0:2 = stablehlo.while(%i = %zero, %h = %h0) : tensor<i32>, tensor<3xf32>
        cond {
          %n = stablehlo.constant dense<7> : tensor<i32>
          %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %1 : tensor<i1>
        } do {
          %z = stablehlo.constant dense<0> : tensor<i32>
          %one = stablehlo.constant dense<1> : tensor<i32>
          %1 = stablehlo.dynamic_slice %xs, %i, %z, sizes = [1, 3] : (tensor<7x3xf32>, tensor<i32>, tensor<i32>) -> tensor<1x3xf32>
          %2 = stablehlo.reshape %1 : (tensor<1x3xf32>) -> tensor<3xf32>
          %3 = stablehlo.multiply %2, %h : tensor<3xf32>
          %4 = stablehlo.dot_general %w, %3, contracting_dims = [1] x [0] : (tensor<3x3xf32>, tensor<3xf32>) -> tensor<3xf32>
          %5 = stablehlo.add %i, %one : tensor<i32>
          stablehlo.return %5, %4 : tensor<i32>, tensor<3xf32>
        }
        return %0#1 : tensor<3xf32>
      }`,
      ["float32[7,3]"],
    ],
  ];
  it.each(cases)("%s", (_, text, kept) => {
    expect(extras(text)).toEqual(kept);
  });

  it("a parameter that does not move costs nothing", () => {
    expect(extras(one(v, `%r = stablehlo.multiply %x, %y : ${v}`), [true, false])).toEqual([]);
  });
});

/** Constants of zeros in a function, regions included. */
const zerosIn = (block: Block): number =>
  block.operations.reduce((sum, op) => {
    const own =
      op.opcode === "constant" && op.attributes.value.splat && Number(op.attributes.value.data[0]) === 0;
    return op.regions.reduce((n, region) => n + zerosIn(region), sum + (own ? 1 : 0));
  }, 0);

describe("zeros are absent values", () => {
  it("results that have no part in the gradient need no zeros", () => {
    const { scope, func } = subject(`func.func @main(%x: ${v}, %y: ${v}) -> (${v}, ${v}) {
      %0 = stablehlo.sine %x : ${v}
      %1 = stablehlo.multiply %0, %y : ${v}
      %2 = stablehlo.exponential %y : ${v}
      %3 = stablehlo.floor %2 : ${v}
      return %1, %3 : ${v}, ${v}
    }`);
    const { forward, backward } = vjp(scope, func, [true, true]);
    expect([forward, backward].map(({ body }) => zerosIn(body))).toEqual([0, 0]);
    expect(zerosIn(jvp(scope, func, [true, true]).func.body)).toBe(0);
  });

  it("calls pass the cotangents that there are, and give those that arise", () => {
    const { scope, func } = subject(`func.func @main(%x: ${v}, %y: ${v}) -> ${v} {
      %0:2 = call @f(%x, %y) : (${v}, ${v}) -> (${v}, ${v})
      return %0#0 : ${v}
    }
    func.func private @f(%x: ${v}, %y: ${v}) -> (${v}, ${v}) {
      %0 = stablehlo.sine %x : ${v}
      %1 = stablehlo.add %y, %y : ${v}
      return %0, %1 : ${v}, ${v}
    }`);
    const { backward } = vjp(scope, func, [true, true]);
    // The gradient by y is a zero that the caller asked for as an array; @f's transpose has none.
    expect(zerosIn(backward.body)).toBe(1);
    const transposed = scope.functions.filter(({ name }) => name.endsWith("_t"));
    expect(
      transposed.map(({ body, resultTypes }) => [zerosIn(body), body.arguments.length, resultTypes.length]),
    ).toEqual([[0, 2, 1]]);
  });

  it("loops carry the tangents that there are", () => {
    const { scope, func } = subject(`func.func @main(%x: ${v}, %y: ${v}) -> (${v}, ${v}) {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %0:3 = stablehlo.while(%i = %zero, %c = %x, %d = %y) : tensor<i32>, ${v}, ${v}
      cond {
        %n = stablehlo.constant dense<3> : tensor<i32>
        %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %1 : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %1 = stablehlo.sine %c : ${v}
        %2 = stablehlo.cosine %d : ${v}
        %3 = stablehlo.add %i, %one : tensor<i32>
        stablehlo.return %3, %1, %2 : tensor<i32>, ${v}, ${v}
      }
      return %0#1, %0#2 : ${v}, ${v}
    }`);
    const { func: derived } = jvp(scope, func, [true, false]);
    const [loop] = derived.body.operations.filter(({ opcode }) => opcode === "while");
    expect(loop.operands.length).toBe(4);
    expect(derived.resultTypes.length).toBe(3);
  });
});
