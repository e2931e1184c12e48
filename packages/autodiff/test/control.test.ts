import { describe, expect, it } from "vitest";
import { deviations, gradientOf, sample, subject } from "./harness.ts";

const vector = { dtype: "float64", shape: [3] } as const;

const texts: Readonly<Record<string, string>> = {
  elementwise: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %0 = stablehlo.sine %x : tensor<3xf64>
    %1 = stablehlo.multiply %0, %y : tensor<3xf64>
    %2 = stablehlo.add %1, %x : tensor<3xf64>
    %3 = stablehlo.tanh %2 : tensor<3xf64>
    return %3 : tensor<3xf64>
  }`,
  call: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %0 = call @f(%x) : (tensor<3xf64>) -> tensor<3xf64>
    %1 = call @f(%0) : (tensor<3xf64>) -> tensor<3xf64>
    %2 = stablehlo.multiply %1, %y : tensor<3xf64>
    return %2 : tensor<3xf64>
  }
  func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
    %0 = stablehlo.sine %x : tensor<3xf64>
    %1 = stablehlo.multiply %0, %x : tensor<3xf64>
    return %1 : tensor<3xf64>
  }`,
  checkpoint: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %0 = call @f(%x) {checkpoint = "nothing"} : (tensor<3xf64>) -> tensor<3xf64>
    %2 = stablehlo.multiply %0, %y : tensor<3xf64>
    return %2 : tensor<3xf64>
  }
  func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
    %0 = stablehlo.sine %x : tensor<3xf64>
    %1 = stablehlo.exponential %0 : tensor<3xf64>
    return %1 : tensor<3xf64>
  }`,
  branches: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %i = stablehlo.constant dense<1> : tensor<i32>
    %0 = "stablehlo.case"(%i) ({
      %1 = stablehlo.sine %x : tensor<3xf64>
      stablehlo.return %1 : tensor<3xf64>
    }, {
      %1 = stablehlo.exponential %x : tensor<3xf64>
      %2 = stablehlo.multiply %1, %y : tensor<3xf64>
      stablehlo.return %2 : tensor<3xf64>
    }) : (tensor<i32>) -> tensor<3xf64>
    return %0 : tensor<3xf64>
  }`,
  loop: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %c = %x) : tensor<i32>, tensor<3xf64>
    cond {
      %n = stablehlo.constant dense<4> : tensor<i32>
      %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.sine %c : tensor<3xf64>
      %k = stablehlo.exponential %y : tensor<3xf64>
      %2 = stablehlo.multiply %1, %k : tensor<3xf64>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %3 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %3, %2 : tensor<i32>, tensor<3xf64>
    }
    return %0#1 : tensor<3xf64>
  }`,
  scan: `func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %init = stablehlo.constant dense<0.5> : tensor<f64>
    %out = stablehlo.constant dense<0.0> : tensor<3xf64>
    %0:5 = stablehlo.while(%i = %zero, %xs = %x, %ys = %y, %c = %init, %o = %out) : tensor<i32>, tensor<3xf64>, tensor<3xf64>, tensor<f64>, tensor<3xf64>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.dynamic_slice %xs, %i, sizes = [1] : (tensor<3xf64>, tensor<i32>) -> tensor<1xf64>
      %2 = stablehlo.reshape %1 : (tensor<1xf64>) -> tensor<f64>
      %3 = stablehlo.multiply %2, %c : tensor<f64>
      %4 = stablehlo.cosine %3 : tensor<f64>
      %5 = stablehlo.reshape %4 : (tensor<f64>) -> tensor<1xf64>
      %6 = stablehlo.dynamic_slice %ys, %i, sizes = [1] : (tensor<3xf64>, tensor<i32>) -> tensor<1xf64>
      %7 = stablehlo.multiply %5, %6 : tensor<1xf64>
      %8 = stablehlo.dynamic_update_slice %o, %7, %i : (tensor<3xf64>, tensor<1xf64>, tensor<i32>) -> tensor<3xf64>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %9 = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %9, %xs, %ys, %4, %8 : tensor<i32>, tensor<3xf64>, tensor<3xf64>, tensor<f64>, tensor<3xf64>
    }
    return %0#4 : tensor<3xf64>
  }`,
};

describe("derivatives of calls, branches and loops", () => {
  for (const [name, text] of Object.entries(texts)) {
    const args = [sample(vector, 1), sample(vector, 2)];
    it(`${name}: forward, reverse and linearised agree with differences`, () => {
      const { forward, reverse, linearized } = deviations(subject(text), args);
      expect(forward).toBeLessThan(1e-8);
      expect(reverse).toBeLessThan(1e-13);
      expect(linearized).toBeLessThan(1e-13);
    });
    it(`${name}: so do those of its gradient`, () => {
      const { forward, reverse, linearized } = deviations(gradientOf(subject(text)), args);
      expect(forward).toBeLessThan(1e-8);
      expect(reverse).toBeLessThan(1e-13);
      expect(linearized).toBeLessThan(1e-13);
    });
  }
});
