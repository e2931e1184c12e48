/** Donation on the GPU: results that are written over the arguments that they are computed from, against the interpreter. */

import {
  interpret,
  type Literal,
  literal,
  mainFunction,
  parseModule,
  sizeOf,
  type TensorType,
} from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { Random } from "../../../tests/fuzz/random.ts";
import { GpuDevice } from "../src/index.ts";

const device = new GpuDevice();

interface Program {
  readonly name: string;
  /** Arguments that results are written over, all being donated. */
  readonly over: number;
  readonly text: string;
}

const programs: readonly Program[] = [
  {
    name: "elementwise, in vectors",
    over: 1,
    text: `func.func @main(%x: tensor<40x52xf32>, %y: tensor<52xf32>) -> tensor<40x52xf32> {
      %0 = stablehlo.broadcast_in_dim %y, dims = [1] : (tensor<52xf32>) -> tensor<40x52xf32>
      %1 = stablehlo.multiply %x, %0 : tensor<40x52xf32>
      %2 = stablehlo.add %1, %x : tensor<40x52xf32>
      return %2 : tensor<40x52xf32>
    }`,
  },
  {
    name: "elements that share words",
    over: 1,
    text: `func.func @main(%x: tensor<37x51xi8>, %y: tensor<37xi8>) -> tensor<37x51xi8> {
      %0 = stablehlo.broadcast_in_dim %y, dims = [0] : (tensor<37xi8>) -> tensor<37x51xi8>
      %1 = stablehlo.multiply %x, %0 : tensor<37x51xi8>
      return %1 : tensor<37x51xi8>
    }`,
  },
  {
    name: "an argument that JavaScript holds",
    over: 1,
    text: `func.func @main(%x: tensor<3xi8>, %y: tensor<3xi8>) -> tensor<3xi8> {
      %0 = stablehlo.add %x, %y : tensor<3xi8>
      return %0 : tensor<3xi8>
    }`,
  },
  {
    name: "two results over two arguments",
    over: 2,
    text: `func.func @main(%x: tensor<500xf32>, %y: tensor<500xf32>) -> (tensor<500xf32>, tensor<500xf32>) {
      %0 = stablehlo.negate %x : tensor<500xf32>
      %1 = stablehlo.add %y, %y : tensor<500xf32>
      return %0, %1 : tensor<500xf32>, tensor<500xf32>
    }`,
  },
  {
    name: "a result twice, and its argument no more",
    over: 1,
    text: `func.func @main(%x: tensor<500xf32>) -> (tensor<500xf32>, tensor<500xf32>) {
      %0 = stablehlo.negate %x : tensor<500xf32>
      return %0, %0 : tensor<500xf32>, tensor<500xf32>
    }`,
  },
  {
    name: "weights that a product updates",
    over: 1,
    text: `func.func @main(%w: tensor<70x65xf32>, %x: tensor<33x70xf32>, %g: tensor<33x65xf32>) -> tensor<70x65xf32> {
      %0 = stablehlo.dot_general %x, %g, contracting_dims = [0] x [0] : (tensor<33x70xf32>, tensor<33x65xf32>) -> tensor<70x65xf32>
      %1 = stablehlo.subtract %w, %0 : tensor<70x65xf32>
      return %1 : tensor<70x65xf32>
    }`,
  },
  {
    name: "a product of an argument, which needs it to the end",
    over: 0,
    text: `func.func @main(%x: tensor<40x40xf32>, %y: tensor<40x3xf32>) -> tensor<40x40xf32> {
      %0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<40x40xf32>, tensor<40x40xf32>) -> tensor<40x40xf32>
      return %0 : tensor<40x40xf32>
    }`,
  },
  {
    name: "a reversed argument, of which other elements are read than are written",
    over: 0,
    text: `func.func @main(%x: tensor<500xf32>) -> tensor<500xf32> {
      %0 = stablehlo.reverse %x, dims = [0] : tensor<500xf32>
      return %0 : tensor<500xf32>
    }`,
  },
  {
    name: "a loop that carries an argument",
    over: 0,
    text: `func.func @main(%x: tensor<500xf32>) -> tensor<500xf32> {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %n = stablehlo.constant dense<3> : tensor<i32>
      %0:2 = stablehlo.while(%i = %zero, %a = %x) : tensor<i32>, tensor<500xf32>
       cond {
        %c = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      } do {
        %r = stablehlo.reverse %a, dims = [0] : tensor<500xf32>
        %d = stablehlo.add %a, %r : tensor<500xf32>
        %j = stablehlo.add %i, %one : tensor<i32>
        stablehlo.return %j, %d : tensor<i32>, tensor<500xf32>
      }
      return %0#1 : tensor<500xf32>
    }`,
  },
];

/** Small integers, so that every sum and product is exact. */
function integers(random: Random, { dtype, shape }: TensorType): Literal {
  const entries = Array.from({ length: sizeOf(shape) }, () => random.int(-4, 4));
  return literal(dtype, shape, dtype === "int8" ? Int8Array.from(entries) : Float32Array.from(entries));
}

describe("donated arguments", () => {
  it.each(programs)("$name", async ({ text, over }) => {
    const module = parseModule(text);
    const random = new Random(1);
    const types = mainFunction(module).body.arguments.map(({ type }) => type);
    const executable = device.compile(module, { donated: types.map((_, i) => i) });
    // The second call takes memory that the first one used.
    for (let call = 0; call < 2; call++) {
      const inputs = types.map((type) => integers(random, type));
      const expected = interpret(module, inputs);
      const results = executable.run(inputs.map((input) => device.put(input)));
      const actual = await Promise.all(results.map((result) => result.read()));
      expect(actual.map((values) => [...values])).toEqual(expected.map(({ data }) => [...data]));
      for (const result of results) result.dispose();
    }
    expect(executable.asText("wgsl").match(/is written over/g)?.length ?? 0).toBe(over);
    await device.finished();
    expect(device.memory().liveArrays).toBeLessThanOrEqual(1); // what small arguments are sent through
    executable.dispose();
    await device.finished();
    expect(device.memory().liveArrays).toBe(0);
  });

  it("take no memory but their own, however often they are updated", async () => {
    const gpu = new GpuDevice();
    const step = gpu.compile(
      parseModule(`func.func @main(%x: tensor<100000xf32>) -> tensor<100000xf32> {
        %0 = stablehlo.add %x, %x : tensor<100000xf32>
        return %0 : tensor<100000xf32>
      }`),
      { donated: [0] },
    );
    let x = gpu.put(literal("float32", [100_000], new Float32Array(100_000).fill(1)));
    for (let i = 0; i < 10; i++) [x] = step.run([x]);
    expect((await x.read())[99_999]).toBe(1024);
    const { liveBytes, highWaterBytes, buffersMade } = gpu.memory();
    expect(highWaterBytes).toBe(liveBytes);
    expect(buffersMade).toBe(1);
  });
});
