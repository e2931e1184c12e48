/** Addresses are 32 bits wide and may be 2 GiB and more: programs must run there as everywhere. */
import { literal, parseModule } from "@fluxion/ir";
import { expect, it } from "vitest";
import { CpuDevice } from "../src/index.ts";

const SIZE = 1000;

/** The large result and the small one need memory of their own, the reduction needs temporaries, the table constants. */
const program =
  parseModule(`func.func @main(%x: tensor<${SIZE}xf32>, %i: tensor<i32>) -> (tensor<${SIZE}xf32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %table = stablehlo.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  %entry = stablehlo.dynamic_slice %table, %i, sizes = [1] : (tensor<3xf32>, tensor<i32>) -> tensor<1xf32>
  %factor = stablehlo.broadcast_in_dim %entry, dims = [0] : (tensor<1xf32>) -> tensor<${SIZE}xf32>
  %product = stablehlo.multiply %x, %factor : tensor<${SIZE}xf32>
  %sum = stablehlo.reduce(%product init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<${SIZE}xf32>, tensor<f32>) -> tensor<f32>
  return %product, %sum : tensor<${SIZE}xf32>, tensor<f32>
}`);

it("programs compiled when 2 GiB are in use compute the same", () => {
  const device = new CpuDevice({ threads: 1 });
  device.runtime.alloc(2 ** 31, "what is in use"); // never written, so it takes no memory of the machine
  const executable = device.compile(program);
  const x = Float32Array.from({ length: SIZE }, (_, i) => i % 7);
  const args = [literal("float32", [SIZE], x), literal("int32", [], Int32Array.of(2))];
  const [product, sum] = executable.run(args.map((arg) => device.put(arg)));
  expect(Array.from(product.readSync(), Number)).toEqual(Array.from(x, (value) => 4 * value));
  expect(Number(sum.readSync()[0])).toBe(4 * x.reduce((a, b) => a + b));
  device.runtime.close();
});

/** The place of the largest of so many numbers: a loop in order, over no array. */
const largestOf = (count: number): string => `func.func @main() -> tensor<i32> {
  %numbers = stablehlo.iota dim = 0 : tensor<${count}xi32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = stablehlo.reduce(%numbers init: %zero), (%numbers init: %zero) across dimensions = [0] : (tensor<${count}xi32>, tensor<${count}xi32>, tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
   reducer(%a: tensor<i32>, %b: tensor<i32>) (%i: tensor<i32>, %j: tensor<i32>) {
    %more = stablehlo.compare GT, %a, %b : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %value = stablehlo.select %more, %a, %b : tensor<i1>, tensor<i32>
    %place = stablehlo.select %more, %i, %j : tensor<i1>, tensor<i32>
    stablehlo.return %value, %place : tensor<i32>, tensor<i32>
  }
  return %0#1 : tensor<i32>
}`;
const doubled = (
  count: number,
): string => `func.func @main(%x: tensor<${count}xui8>) -> tensor<${count}xui8> {
  %0 = stablehlo.add %x, %x : tensor<${count}xui8>
  return %0 : tensor<${count}xui8>
}`;

it.each([
  ["an array", doubled, "uint8[2147418113] has more than 2147418112 elements"],
  ["a loop", largestOf, "a loop over 2147418113 elements is longer than 2147418112"],
])("%s of more elements than 32 bits count is refused when it is compiled", (_, program, message) => {
  const device = new CpuDevice({ threads: 1 });
  const most = 2 ** 31 - 2 ** 16;
  device.compile(parseModule(program(most)));
  expect(() => device.compile(parseModule(program(most + 1)))).toThrow(message);
  device.runtime.close();
});
