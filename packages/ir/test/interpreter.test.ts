/** The interpreter's interface and the corners that no golden of XLA shows. */

import { describe, expect, test } from "vitest";
import {
  buildFunction,
  CheckFailure,
  type DType,
  findFunction,
  InterpreterError,
  interpret,
  interpretFunction,
  type Literal,
  literal,
  type Module,
  parseModule,
  type Shape,
  storageTable,
  ulpDistance,
} from "../src/index.ts";

const array = (dtype: DType, shape: Shape, values: readonly number[]): Literal =>
  literal(dtype, shape, new storageTable[dtype](values as never));
const f32 = (...values: number[]) => array("float32", [values.length], values);
const moduleOf = (func: Module["functions"][number]): Module => ({ name: undefined, functions: [func] });
const double = moduleOf(
  buildFunction("main", [{ dtype: "float32", shape: [2] }], (b, [x]) => [b.op("add", x, x)]),
);

describe("arguments", () => {
  test("splats are written out", () => {
    const one = literal("float32", [2], Float32Array.of(1.5));
    expect(one.splat).toBe(true);
    expect(interpret(double, [one])[0].data).toEqual(Float32Array.of(3, 3));
  });

  test("of a wrong number or type are refused", () => {
    expect(() => interpret(double, [])).toThrow(new InterpreterError("@main takes 1 arguments, got 0"));
    expect(() => interpret(double, [f32(1, 2, 3)])).toThrow(
      new InterpreterError("argument 0 of @main must be tensor<2xf32>, got tensor<3xf32>"),
    );
  });

  test("larger than memory are refused by name", () => {
    const module = parseModule(`func.func @main() -> tensor<f32> {
      %0 = stablehlo.constant dense<1.0> : tensor<100000x100000xf32>
      %1 = stablehlo.constant dense<1.0> : tensor<f32>
      return %1 : tensor<f32>
    }`);
    expect(() => interpret(module, [])).toThrow(/tensor<100000x100000xf32> takes 40000000000 bytes/);
  });

  test("are never written to", () => {
    const module =
      parseModule(`func.func @main(%x: tensor<3xf32>, %u: tensor<1xf32>, %i: tensor<i32>) -> (tensor<3xf32>, tensor<3xf32>) {
      %0 = stablehlo.dynamic_update_slice %x, %u, %i : (tensor<3xf32>, tensor<1xf32>, tensor<i32>) -> tensor<3xf32>
      return %x, %0 : tensor<3xf32>, tensor<3xf32>
    }`);
    const x = f32(1, 2, 3);
    const [same, updated] = interpret(module, [x, f32(9), array("int32", [], [1])]);
    expect(x.data).toEqual(Float32Array.of(1, 2, 3));
    expect(same.data).toEqual(x.data);
    expect(updated.data).toEqual(Float32Array.of(1, 9, 3));
  });
});

describe("functions and hooks", () => {
  const module = parseModule(`
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = call @root(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %0 : tensor<2xf32>
    }
    func.func private @root(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.sqrt %x : tensor<2xf32> loc("user.ts":4:2)
      return %0 : tensor<2xf32>
    }`);

  test("any function runs by itself", () => {
    expect(interpretFunction(findFunction(module, "root"), module, [f32(4, 9)])[0].data).toEqual(
      Float32Array.of(2, 3),
    );
  });

  test("onOperation sees every result, so that the first NaN has a place", () => {
    const seen: string[] = [];
    let culprit: unknown;
    interpret(module, [f32(4, -1)], {
      onOperation: (operation, results, operands) => {
        seen.push(operation.opcode);
        const isNew =
          results.some(({ data }) => data.some((x) => Number.isNaN(x))) &&
          !operands.some(({ data }) => data.some((x) => Number.isNaN(x)));
        if (isNew) culprit ??= operation.location;
      },
    });
    expect(seen).toEqual(["sqrt", "call"]);
    expect(culprit).toEqual({ file: "user.ts", line: 4, column: 2 });
  });

  test("a custom call without an implementation is an error", () => {
    const unknown = parseModule(`func.func @main() { stablehlo.custom_call @lapack() : () -> () return }`);
    expect(() => interpret(unknown, [])).toThrow(/custom_call @lapack has no implementation/);
  });

  test("a failed check throws, unless someone counts", () => {
    const failing = parseModule(`func.func @main() {
      %0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
      check.expect_eq_const %0, dense<[1, 3]> : tensor<2xi32>
      return
    }`);
    expect(() => interpret(failing, [])).toThrow(CheckFailure);
    const results: boolean[] = [];
    interpret(failing, [], { onCheck: ({ passed }) => results.push(passed) });
    expect(results).toEqual([false]);
  });
});

/** One op on two literals. */
const apply = (opcode: "add", ...operands: readonly Literal[]): Literal =>
  interpret(
    moduleOf(
      buildFunction(
        "main",
        operands.map(({ type }) => type),
        (b, args) => [b.op(opcode, ...args)],
      ),
    ),
    operands,
  )[0];

describe("values", () => {
  test("integer powers wrap exactly, also beyond the exponents that XLA reads", () => {
    const power = (dtype: DType, x: number | bigint, n: number | bigint) =>
      apply("power" as "add", array(dtype, [1], [x as number]), array(dtype, [1], [n as number])).data[0];
    expect(power("uint16", 10065, 25684)).toBe(5185);
    expect(power("int32", 3, 2147483647)).toBe(Number(BigInt.asIntN(32, modularPower(3n, 2147483647n, 32n))));
    expect(power("int64", -7n, 9223372036854775807n)).toBe(
      BigInt.asIntN(64, modularPower(-7n, 9223372036854775807n, 64n)),
    );
    expect(power("int8", -1, -3)).toBe(-1);
    expect(power("int64", 2n, -1n)).toBe(0n);
  });

  test("complex maximum and minimum compare real, then imaginary parts", () => {
    const a = array("complex64", [3], [1, 5, 2, 0, NaN, 0]);
    const b = array("complex64", [3], [1, 4, 1, 9, 0, 0]);
    expect(apply("maximum" as "add", a, b).data).toEqual(Float32Array.of(1, 5, 2, 0, NaN, 0));
    expect(apply("minimum" as "add", a, b).data).toEqual(Float32Array.of(1, 4, 1, 9, NaN, 0));
  });

  test("complex cube roots", () => {
    const module = moduleOf(
      buildFunction("main", [{ dtype: "complex128", shape: [3] }], (b, [z]) => {
        const root = b.op("cbrt", z);
        return [b.op("multiply", root, b.op("multiply", root, root))];
      }),
    );
    const z = [1, 2, -3, 0.5, 0, -8];
    const cubes = interpret(module, [array("complex128", [3], z)])[0].data as Float64Array;
    z.forEach((part, i) => {
      expect(cubes[i]).toBeCloseTo(part, 14);
    });
  });

  test("64-bit integers round once on their way to a float", () => {
    // Half way between floats ties go to even; one bit far below decides otherwise.
    const values = BigInt64Array.of(2n ** 53n + 1n, 2n ** 62n + 2n ** 38n, 2n ** 62n + 2n ** 38n + 1n);
    const convert = (dtype: DType) =>
      interpret(
        moduleOf(buildFunction("main", [{ dtype: "int64", shape: [3] }], (b, [x]) => [b.convert(x, dtype)])),
        [literal("int64", [3], values)],
      )[0].data;
    expect(convert("float32")).toEqual(Float32Array.of(2 ** 53, 2 ** 62, 2 ** 62 + 2 ** 39));
    expect(convert("float64")[0]).toBe(2 ** 53);
  });

  test("NaN payloads survive moves and bitcasts", () => {
    const module = parseModule(`func.func @main(%x: tensor<2xf16>, %p: tensor<i1>) -> tensor<2xui16> {
      %0 = stablehlo.reverse %x, dims = [0] : tensor<2xf16>
      %1 = stablehlo.select %p, %0, %x : tensor<i1>, tensor<2xf16>
      %2 = stablehlo.bitcast_convert %1 : (tensor<2xf16>) -> tensor<2xui16>
      return %2 : tensor<2xui16>
    }`);
    const bits = array("float16", [2], [0x7c01, 0xfe55]);
    expect(interpret(module, [bits, array("bool", [], [1])])[0].data).toEqual(Uint16Array.of(0xfe55, 0x7c01));
  });

  test("units in the last place", () => {
    expect(ulpDistance("float32", 1, 1 + 3 * 2 ** -23)).toBe(3);
    expect(ulpDistance("float32", -(2 ** -149), 2 ** -149)).toBe(2);
    expect(ulpDistance("float64", 1, 1 - 2 ** -53)).toBe(1);
    expect(ulpDistance("float16", 0, -0)).toBe(0);
    expect(ulpDistance("bfloat16", 256, 258)).toBe(1);
    expect(ulpDistance("float32", Infinity, 3.4028234663852886e38)).toBe(Infinity);
  });
});

function modularPower(base: bigint, exponent: bigint, bits: bigint): bigint {
  const modulus = 1n << bits;
  let [result, factor] = [1n, ((base % modulus) + modulus) % modulus];
  for (let n = exponent; n > 0n; n >>= 1n) {
    if (n & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}
