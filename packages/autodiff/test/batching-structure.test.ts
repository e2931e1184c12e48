/** What batched programs look like: what stays shared, what stays a function, a branch or a counted loop. */

import { type Func, literal, type Operation, printFunc } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { type BatchAxis, batch, vjp } from "../src/index.ts";
import { batchDeviation, typeOfMany } from "./batch-harness.ts";
import { numbers, run, sample, subject } from "./harness.ts";

const opcodesOf = ({ body }: Func): string[] =>
  body.operations.flatMap((op: Operation) => [
    op.opcode,
    ...op.regions.flatMap(({ operations }) => operations.map(({ opcode }) => opcode)),
  ]);

const layer = `func.func @main(%x: tensor<4xf64>, %w: tensor<4x2xf64>, %b: tensor<2xf64>) -> tensor<f64> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<4xf64>, tensor<4x2xf64>) -> tensor<2xf64>
  %1 = stablehlo.tanh %b : tensor<2xf64>
  %2 = stablehlo.add %0, %1 : tensor<2xf64>
  %z = stablehlo.constant dense<0.0> : tensor<f64>
  %3 = stablehlo.reduce(%2 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<2xf64>, tensor<f64>) -> tensor<f64>
  return %3 : tensor<f64>
}`;

describe("a batched program", () => {
  it("shares what has no batch, and moves nothing", () => {
    const { scope, func } = subject(layer);
    const batched = batch(scope, func, 8, [0, null, null]);
    expect(batched.outAxes).toEqual([0]);
    expect(printFunc(batched.func)).toMatchInlineSnapshot(`
      "func.func private @main_batched(%x: tensor<8x4xf64>, %w: tensor<4x2xf64>, %b: tensor<2xf64>) -> tensor<8xf64> {
        %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x4xf64>, tensor<4x2xf64>) -> tensor<8x2xf64>
        %1 = stablehlo.tanh %b : tensor<2xf64>
        %2 = stablehlo.broadcast_in_dim %1, dims = [1] : (tensor<2xf64>) -> tensor<8x2xf64>
        %3 = stablehlo.add %0, %2 : tensor<8x2xf64>
        %z = stablehlo.constant dense<0.0> : tensor<f64>
        %4 = stablehlo.reduce(%3 init: %z) applies stablehlo.add across dimensions = [1] : (tensor<8x2xf64>, tensor<f64>) -> tensor<8xf64>
        return %4 : tensor<8xf64>
      }
      "
    `);
    expect(opcodesOf(batch(scope, func, 8, [1, null, null]).func)).not.toContain("transpose");
  });

  it("without a batch in any parameter is the function itself", () => {
    const { scope, func } = subject(layer);
    const batched = batch(scope, func, 8, [null, null, null]);
    expect(batched.outAxes).toEqual([null]);
    expect(batched.func.body.operations.slice(0, -1)).toEqual(func.body.operations.slice(0, -1));
  });

  it("has its results where they are wanted", () => {
    const text = `func.func @main(%x: tensor<2x3xf64>, %y: tensor<2x3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>) {
      %0 = stablehlo.sine %x : tensor<2x3xf64>
      return %0, %y : tensor<2x3xf64>, tensor<2x3xf64>
    }`;
    for (const axis of [0, 1, 2]) {
      const { scope, func } = subject(text);
      const batched = batch(scope, func, 4, [1, null], { outAxes: [axis, axis] });
      const shape = [2, 3].toSpliced(axis, 0, 4);
      expect(batched.outAxes).toEqual([axis, axis]);
      expect(batched.func.resultTypes.map((type) => type.shape)).toEqual([shape, shape]);
    }
    const { scope, func } = subject(text);
    expect(batch(scope, func, 4, [1, null], { outAxes: ["any", null] }).outAxes).toEqual([1, null]);
    expect(() => batch(scope, func, 4, [1, null], { outAxes: [null, null] })).toThrow(
      "result 0 has a batch, but its axis was given as null",
    );
  });
});

describe("calls", () => {
  const calls = (attributes = ""): string => `
    func.func @main(%x: tensor<3xf64>, %y: tensor<f64>) -> (tensor<3xf64>, tensor<f64>) {
      %0, %1 = call @f(%x, %y)${attributes} : (tensor<3xf64>, tensor<f64>) -> (tensor<3xf64>, tensor<f64>)
      %2, %3 = call @f(%0, %1)${attributes} : (tensor<3xf64>, tensor<f64>) -> (tensor<3xf64>, tensor<f64>)
      return %2, %3 : tensor<3xf64>, tensor<f64>
    }
    func.func private @f(%a: tensor<3xf64>, %b: tensor<f64>) -> (tensor<3xf64>, tensor<f64>) {
      %0 = stablehlo.sine %a : tensor<3xf64>
      %1 = stablehlo.cosine %b : tensor<f64>
      return %0, %1 : tensor<3xf64>, tensor<f64>
    }`;

  it("are batched once for each pattern of axes; results without a batch have none", () => {
    const { scope, func } = subject(calls());
    const batched = batch(scope, func, 5, [0, null]);
    expect(batched.outAxes).toEqual([0, null]);
    expect(scope.functions.length).toBe(3);
    batch(scope, func, 5, [0, 0]);
    expect(scope.functions.length).toBe(4);
  });

  it("keep how transformations treat them", () => {
    const attributes = ' {checkpoint = "nothing", no_tangent = true}';
    const { scope, func } = subject(calls(attributes));
    const [call] = batch(scope, func, 5, [0, null]).func.body.operations;
    expect(call.attributes).toMatchObject({ checkpoint: "nothing", no_tangent: true });
  });

  it("have batched rules, made when they are looked for: a rule may call its function", () => {
    const { scope, func } = subject(`
      func.func @main(%x: tensor<f64>) -> tensor<f64> {
        %0 = call @f(%x) {custom_jvp = @rule} : (tensor<f64>) -> tensor<f64>
        return %0 : tensor<f64>
      }
      func.func private @f(%x: tensor<f64>) -> tensor<f64> {
        %0 = stablehlo.exponential %x : tensor<f64>
        return %0 : tensor<f64>
      }
      func.func private @rule(%x: tensor<f64>, %t: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
        %0 = call @f(%x) {custom_jvp = @rule} : (tensor<f64>) -> tensor<f64>
        %1 = stablehlo.multiply %0, %t : tensor<f64>
        return %0, %1 : tensor<f64>, tensor<f64>
      }`);
    const batched = batch(scope, func, 2, [0]).func;
    const { forward, backward } = vjp(scope, batched, [true]);
    const x = literal("float64", [2], Float64Array.of(0.5, 2));
    const residuals = run(scope, forward, [x]).slice(1);
    const one = literal("float64", [2], Float64Array.of(1, 1));
    const [slope] = run(scope, backward, [...residuals, one]);
    expect(numbers(slope)).toEqual([Math.exp(0.5), Math.exp(2)]);
  });

  it("with a rule for batching ask for it", () => {
    const { scope, func } = subject(calls(' {custom_batching = "mine"}'));
    expect(() => batch(scope, func, 5, [0, null])).toThrow(
      "Batching rule for 'func.call' not implemented: nothing answers for the rule mine of the user",
    );
    const asked: unknown[] = [];
    const customBatching = ({
      rule,
      size,
      inBatched,
    }: {
      rule: string;
      size: number;
      inBatched: readonly boolean[];
    }) => {
      asked.push([rule, size, inBatched]);
      const both = inBatched.map((on): BatchAxis => (on ? 0 : null));
      const plain = scope.find("f");
      if (plain === undefined) throw new Error("no @f");
      const { func: own, outAxes } = batch(scope, plain, size, both);
      return { name: scope.add(own), outBatched: outAxes.map((axis) => axis !== null) };
    };
    const batched = batch(scope, func, 5, [1, null], { customBatching });
    expect(batched.outAxes).toEqual([0, null]);
    expect(asked).toEqual([
      ["mine", 5, [true, false]],
      ["mine", 5, [true, false]],
    ]);
  });
});

const loop = (limit: string): string => `
  func.func @main(%x: tensor<f64>, %n: tensor<i32>) -> tensor<f64> {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    ${limit}
    %0:2 = stablehlo.while(%i = %zero, %c = %x) : tensor<i32>, tensor<f64>
    cond {
      %1 = stablehlo.compare LT, %i, %lim, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.sine %c : tensor<f64>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %2 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %2, %1 : tensor<i32>, tensor<f64>
    }
    return %0#1 : tensor<f64>
  }`;

describe("control flow", () => {
  it("a loop that all examples share keeps its counter, and can go backwards", () => {
    const { scope, func } = subject(loop("%lim = stablehlo.constant dense<3> : tensor<i32>"));
    const batched = batch(scope, func, 2, [0, null]).func;
    const [, , while_] = batched.body.operations;
    expect(while_.operands.map(({ type }) => type.shape)).toEqual([[], [2]]);
    expect(vjp(scope, batched, [true, false]).residualTypes.length).toBeGreaterThan(0);
  });

  it("a loop of which examples turn differently often masks those that are done", () => {
    const { scope, func } = subject(
      loop(
        "%two = stablehlo.constant dense<2> : tensor<i32>\n%lim = stablehlo.multiply %n, %two : tensor<i32>",
      ),
    );
    const batched = batch(scope, func, 3, [null, 0]).func;
    expect(printFunc(batched)).toMatchInlineSnapshot(`
      "func.func private @main_batched(%x: tensor<f64>, %n: tensor<3xi32>) -> tensor<3xf64> {
        %zero = stablehlo.constant dense<0> : tensor<i32>
        %two = stablehlo.constant dense<2> : tensor<i32>
        %0 = stablehlo.broadcast_in_dim %two, dims = [] : (tensor<i32>) -> tensor<3xi32>
        %1 = stablehlo.multiply %n, %0 : tensor<3xi32>
        %2 = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<i32>) -> tensor<3xi32>
        %3 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f64>) -> tensor<3xf64>
        %4 = stablehlo.compare LT, %2, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
        %5:3 = stablehlo.while(%iterArg = %2, %iterArg_0 = %3, %iterArg_1 = %4) : tensor<3xi32>, tensor<3xf64>, tensor<3xi1>
        cond {
          %c = stablehlo.constant dense<false> : tensor<i1>
          %6 = stablehlo.reduce(%iterArg_1 init: %c) applies stablehlo.or across dimensions = [0] : (tensor<3xi1>, tensor<i1>) -> tensor<i1>
          stablehlo.return %6 : tensor<i1>
        } do {
          %7 = stablehlo.sine %iterArg_0 : tensor<3xf64>
          %one = stablehlo.constant dense<1> : tensor<i32>
          %8 = stablehlo.broadcast_in_dim %one, dims = [] : (tensor<i32>) -> tensor<3xi32>
          %9 = stablehlo.add %iterArg, %8 : tensor<3xi32>
          %10 = stablehlo.select %iterArg_1, %9, %iterArg : tensor<3xi1>, tensor<3xi32>
          %11 = stablehlo.select %iterArg_1, %7, %iterArg_0 : tensor<3xi1>, tensor<3xf64>
          %12 = stablehlo.compare LT, %10, %1, SIGNED : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
          stablehlo.return %10, %11, %12 : tensor<3xi32>, tensor<3xf64>, tensor<3xi1>
        }
        return %5#1 : tensor<3xf64>
      }
      "
    `);
    const x = sample({ dtype: "float64", shape: [] }, 1);
    const turns = literal("int32", [3], Int32Array.of(2, 0, 1));
    expect(batchDeviation({ scope, func }, [x, turns], [null, 0])).toBe(0);
  });

  const branch = `
    func.func @main(%i: tensor<i32>, %x: tensor<3xf64>) -> tensor<3xf64> {
      %0 = "stablehlo.case"(%i) ({
        %1 = stablehlo.sine %x : tensor<3xf64>
        stablehlo.return %1 : tensor<3xf64>
      }, {
        stablehlo.return %x : tensor<3xf64>
      }) : (tensor<i32>) -> tensor<3xf64>
      return %0 : tensor<3xf64>
    }`;

  it("a choice that all examples share stays a choice; one of each its own selects", () => {
    const { scope, func } = subject(branch);
    expect(opcodesOf(batch(scope, func, 4, [null, 1]).func)).toEqual([
      "case",
      "sine",
      "return",
      "return",
      "return",
    ]);
    const own = opcodesOf(batch(scope, func, 4, [0, 1]).func);
    expect(own).not.toContain("case");
    expect(own.filter((opcode) => opcode === "sine").length).toBe(1);
  });
});

describe("collectives", () => {
  const text = (target: string, axis: string): string => `
    func.func @main(%x: tensor<2xf64>) -> tensor<2xf64> {
      %0 = call @f(%x) : (tensor<2xf64>) -> tensor<2xf64>
      return %0 : tensor<2xf64>
    }
    func.func private @f(%x: tensor<2xf64>) -> tensor<2xf64> {
      %0 = stablehlo.custom_call @fluxion.${target}(%x) {axis_name = "${axis}"} : (tensor<2xf64>) -> tensor<2xf64>
      return %0 : tensor<2xf64>
    }`;

  it("over the batch take it away, also where no operand has one", () => {
    const { scope, func } = subject(text("psum", "i"));
    expect(batch(scope, func, 3, [1], { axisName: "i" }).outAxes).toEqual([null]);
    const shared = batch(scope, func, 3, [null], { axisName: "i" });
    expect(shared.outAxes).toEqual([null]);
    const x = literal("float64", [2], Float64Array.of(1, 2));
    expect(numbers(run(scope, shared.func, [x])[0])).toEqual([3, 6]);
  });

  it("over another axis stay, until its batch", () => {
    const { scope, func } = subject(text("psum", "j"));
    const inner = batch(scope, func, 3, [1], { axisName: "i" });
    expect(inner.outAxes).toEqual([1]);
    const outer = batch(scope, inner.func, 2, [0], { axisName: "j", outAxes: [null] });
    const x = literal(
      "float64",
      [2, 2, 3],
      Float64Array.from({ length: 12 }, (_, i) => i),
    );
    expect(numbers(run(scope, outer.func, [x])[0])).toEqual([6, 8, 10, 12, 14, 16]);
  });

  it("of each kind, under the batch of another axis, then under their own", () => {
    const kinds: readonly (readonly [string, string, string])[] = [
      ["psum", "", "tensor<3xf64>"],
      ["pmax", "", "tensor<3xf64>"],
      ["pmin", "", "tensor<3xf64>"],
      ["all_to_all", "", "tensor<3xf64>"],
      ["ppermute", ", permutation = [[0, 2], [1, 0]]", "tensor<3xf64>"],
      ["all_gather", "", "tensor<3x3xf64>"],
    ];
    for (const [target, more, result] of kinds) {
      const { scope, func } = subject(`func.func @main(%x: tensor<3xf64>) -> ${result} {
        %0 = stablehlo.custom_call @fluxion.${target}(%x) {axis_name = "i"${more}} : (tensor<3xf64>) -> ${result}
        return %0 : ${result}
      }`);
      // Batched over j, then over i, against batched over i, then a loop over j.
      const own = scope.add({
        ...batch(scope, func, 3, [0], { axisName: "i", outAxes: [0] }).func,
        name: "own",
      });
      const overI = scope.find(own);
      if (overI === undefined) throw new Error("no function");
      for (const at of [0, 1]) {
        const overJ = batch(scope, func, 2, [at], { axisName: "j", outAxes: [0] });
        const both = batch(scope, overJ.func, 3, [0], { axisName: "i", outAxes: [1] });
        const type = typeOfMany({ dtype: "float64", shape: [3, 3] }, at + 1, 2);
        const x = sample(type, 5);
        const [got] = run(scope, both.func, [x]);
        const values = numbers(got);
        const per = values.length / 2;
        for (let n = 0; n < 2; n++) {
          const example = literal("float64", [3, 3], Float64Array.from(exampleAt(x, at + 1, n)));
          const [expected] = run(scope, overI, [example]);
          expect(values.slice(n * per, (n + 1) * per), `${target} at ${at}`).toEqual(numbers(expected));
        }
      }
    }
  });
});

/** Elements of one of two examples of a 3 × 3 array whose batch is at an axis. */
function exampleAt(x: Parameters<typeof numbers>[0], axis: number, n: number): number[] {
  const all = numbers(x);
  const inner = axis === 1 ? 3 : 1;
  return Array.from(
    { length: 9 },
    (_, i) => all[Math.floor(i / inner) * inner * 2 + n * inner + (i % inner)],
  );
}
