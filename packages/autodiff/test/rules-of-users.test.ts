/** Calls with rules of their own, checkpoints, loops of unknown length, size and time. */

import { buildFunction, type Func, literal, type Operation, printFunc } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { jvp, ModuleScope, vjp } from "../src/index.ts";
import { numbers, run, subject } from "./harness.ts";

const scalar = (x: number) => literal("float64", [], Float64Array.of(x));

const custom = (attributes: string): string => `
  func.func @main(%x: tensor<f64>) -> tensor<f64> {
    %0 = stablehlo.multiply %x, %x : tensor<f64>
    %1 = call @f(%0) {${attributes}} : (tensor<f64>) -> tensor<f64>
    return %1 : tensor<f64>
  }
  func.func private @f(%x: tensor<f64>) -> tensor<f64> {
    %0 = stablehlo.sine %x : tensor<f64>
    return %0 : tensor<f64>
  }
  func.func private @rule(%x: tensor<f64>, %t: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
    %0 = stablehlo.sine %x : tensor<f64>
    %ten = stablehlo.constant dense<10.0> : tensor<f64>
    %1 = stablehlo.multiply %ten, %t : tensor<f64>
    %2 = stablehlo.multiply %1, %x : tensor<f64>
    return %0, %2 : tensor<f64>, tensor<f64>
  }
  func.func private @fwd(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
    %0 = stablehlo.sine %x : tensor<f64>
    return %0, %x : tensor<f64>, tensor<f64>
  }
  func.func private @bwd(%r: tensor<f64>, %ct: tensor<f64>) -> tensor<f64> {
    %0 = stablehlo.multiply %r, %ct : tensor<f64>
    return %0 : tensor<f64>
  }`;

function gradient(text: string, x: number): number {
  const { scope, func } = subject(text);
  const { forward, backward } = vjp(scope, func, [true]);
  const residuals = run(scope, forward, [scalar(x)]).slice(1);
  return numbers(run(scope, backward, [...residuals, scalar(1)])[0])[0];
}

describe("rules of users", () => {
  it("custom_jvp: f' is what the rule says, forward and reverse", () => {
    const text = custom("custom_jvp = @rule");
    const { scope, func } = subject(text);
    const derived = jvp(scope, func, [true]);
    // d/dx f(x²) = 10·x²·2x
    expect(numbers(run(scope, derived.func, [scalar(3), scalar(1)])[1])).toEqual([540]);
    expect(gradient(text, 3)).toBe(540);
  });

  it("custom_jvp: what the rule computes of the operands alone is computed once, with the values", () => {
    const text = custom("custom_jvp = @rule").replace("%ten, %t : tensor<f64>", "%ten, %c : tensor<f64>").replace(
      "multiply %1, %x : tensor<f64>\n    return %0, %2",
      "multiply %1, %t : tensor<f64>\n    return %0, %2",
    ).replace("%ten = ", "%c = stablehlo.cosine %x : tensor<f64>\n    %ten = "); // biome-ignore format: one replacement a line
    expect(gradient(text, 0.5)).toBeCloseTo(10 * Math.cos(0.25), 12);
    const { scope, func } = subject(text);
    vjp(scope, func, [true]);
    const opcodes = (name: string) => scope.find(name)?.body.operations.map(({ opcode }) => opcode);
    expect(opcodes("rule_fwd")).toEqual(["sine", "cosine", "constant", "multiply", "return"]);
    expect(opcodes("rule_lin")).toEqual(["multiply", "return"]);
  });

  it("custom_vjp: the backward function gives the cotangent", () => {
    expect(gradient(custom("custom_vjp_forward = @fwd, custom_vjp_backward = @bwd"), 3)).toBe(54);
  });

  it("custom_vjp refuses forward mode as JAX does", () => {
    const { scope, func } = subject(custom("custom_vjp_forward = @fwd, custom_vjp_backward = @bwd"));
    expect(() => jvp(scope, func, [true])).toThrow(
      "can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
    );
  });
});

describe("checkpoints", () => {
  const text = (policy: string): string => `
    func.func @main(%x: tensor<4x4xf64>) -> tensor<4x4xf64> {
      %0 = call @f(%x) {checkpoint = "${policy}"} : (tensor<4x4xf64>) -> tensor<4x4xf64>
      return %0 : tensor<4x4xf64>
    }
    func.func private @f(%x: tensor<4x4xf64>) -> tensor<4x4xf64> {
      %0 = stablehlo.sine %x : tensor<4x4xf64>
      %1 = stablehlo.dot_general %0, %0, contracting_dims = [1] x [0] : (tensor<4x4xf64>, tensor<4x4xf64>) -> tensor<4x4xf64>
      %2 = stablehlo.sine %1 : tensor<4x4xf64>
      return %2 : tensor<4x4xf64>
    }`;
  const residuals = (policy: string): number => {
    const { scope, func } = subject(text(policy));
    return vjp(scope, func, [true]).residualTypes.length;
  };

  it("keep what their policy says", () => {
    expect(residuals("nothing")).toBe(1);
    expect(residuals("dots")).toBe(2);
    expect(residuals("everything")).toBe(3);
  });

  it("name the known policies when theirs is none", () => {
    expect(() => residuals("some")).toThrow(
      'unknown checkpoint policy "some": known are everything, nothing, dots, dots_with_no_batch_dims, only(…) and but(…)',
    );
  });
});

const dynamic = `func.func @main(%x: tensor<f64>, %n: tensor<i32>) -> tensor<f64> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %c = %x) : tensor<i32>, tensor<f64>
  cond {
    %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.sine %c : tensor<f64>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %2, %1 : tensor<i32>, tensor<f64>
  } loc("user.ts":7:3)
  return %0#1 : tensor<f64>
}`;

describe("loops of unknown length", () => {
  it("go forward", () => {
    const { scope, func } = subject(dynamic);
    const derived = jvp(scope, func, [true, false]);
    const turns = literal("int32", [], Int32Array.of(2));
    const [, slope] = run(scope, derived.func, [scalar(0.5), turns, scalar(1)]);
    expect(numbers(slope)[0]).toBeCloseTo(Math.cos(0.5) * Math.cos(Math.sin(0.5)), 14);
  });

  it("refuse reverse mode with JAX's sentence and the user's line", () => {
    const { scope, func } = subject(dynamic);
    expect(() => vjp(scope, func, [true, false])).toThrow(
      /Reverse-mode differentiation does not work for lax\.while_loop .*\n {2}at user\.ts:7:3/,
    );
  });
});

function chain(length: number): Func {
  return buildFunction("main", [{ dtype: "float32", shape: [] }], (b, [x]) => {
    let y = x;
    for (let i = 0; i < length; i++) y = i % 2 === 0 ? b.op("sine", y) : b.op("multiply", y, x);
    return [y];
  });
}

const size = ({ body }: Func): number => body.operations.length;

describe("size", () => {
  it("of a gradient is a fixed number of ops for each op", () => {
    const of = (length: number): number => {
      const { forward, backward } = vjp(new ModuleScope([]), chain(length), [true]);
      return size(forward) + size(backward);
    };
    const [small, large] = [of(200), of(2000)];
    expect(large).toBeLessThan(10.5 * small);
    expect(large).toBeLessThan(5 * 2000);
  });

  it("of a function that is called twice is paid once", () => {
    const text = custom("")
      .replace("%1 = call", "%2 = call @f(%x) : (tensor<f64>) -> tensor<f64>\n %1 = call")
      .replace("return %1", "%3 = stablehlo.add %1, %2 : tensor<f64>\n return %3");
    const { scope, func } = subject(text.replace(" {}", ""));
    const before = scope.functions.length;
    vjp(scope, func, [true]);
    // f's forward, linear and transposed function.
    expect(scope.functions.length - before).toBe(3);
  });

  it("of a linear program needs no residual", () => {
    const { scope, func } = subject(`func.func @main(%x: tensor<3xf64>) -> tensor<f64> {
      %c = stablehlo.constant dense<2.0> : tensor<3xf64>
      %z = stablehlo.constant dense<0.0> : tensor<f64>
      %0 = stablehlo.multiply %x, %c : tensor<3xf64>
      %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<3xf64>, tensor<f64>) -> tensor<f64>
      return %1 : tensor<f64>
    }`);
    const { backward, residualTypes } = vjp(scope, func, [true]);
    expect(residualTypes).toEqual([]);
    expect(printFunc(backward)).toMatchInlineSnapshot(`
      "func.func private @main_bwd(%arg0: tensor<f64>) -> tensor<3xf64> {
        %c = stablehlo.constant dense<2.0> : tensor<3xf64>
        %0 = stablehlo.broadcast_in_dim %arg0, dims = [] : (tensor<f64>) -> tensor<3xf64>
        %1 = stablehlo.multiply %0, %c : tensor<3xf64>
        return %1 : tensor<3xf64>
      }
      "
    `);
  });

  it("of operations counts those of the tangents alone", () => {
    const { func } = jvp(new ModuleScope([]), chain(2), [true]);
    const names = func.body.operations.map(({ opcode }: Operation) => opcode);
    expect(names).toEqual([
      "sine",
      "cosine",
      "multiply",
      "multiply",
      "multiply",
      "multiply",
      "add",
      "return",
    ]);
  });
});
