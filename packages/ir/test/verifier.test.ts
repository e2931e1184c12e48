/** What text cannot say: modules built by hand that break the rules of SSA, attributes and literals. */

import { describe, expect, test } from "vitest";
import {
  assertValid,
  type Block,
  type DType,
  type Func,
  formatDiagnostics,
  literal,
  type Module,
  type Operation,
  type TensorType,
  Value,
  VerificationError,
  verify,
} from "../src/index.ts";

const type = (dtype: DType, ...shape: number[]): TensorType => ({ dtype, shape });
const f32 = type("float32", 2);

/** An operation that nothing has checked. */
const operation = (
  opcode: string,
  operands: readonly Value[],
  results: readonly Value[],
  more: object = {},
): Operation =>
  ({
    opcode,
    operands,
    results,
    attributes: {},
    regions: [],
    location: undefined,
    ...more,
  }) as unknown as Operation;

const block = (args: readonly Value[], ...operations: readonly Operation[]): Block => ({
  arguments: args,
  operations,
});

const funcOf = (body: Block, resultTypes: readonly TensorType[], name = "main"): Func => ({
  name,
  visibility: "public",
  body,
  resultTypes,
});

const moduleOf = (...functions: readonly Func[]): Module => ({ name: undefined, functions });

/** The text of all errors of a module of one function. */
const errors = (body: Block, ...resultTypes: readonly TensorType[]): string =>
  formatDiagnostics(verify(moduleOf(funcOf(body, resultTypes))));

const [x, y, z] = ["x", "y", "z"].map((name) => new Value(f32, name));

describe("single assignment and dominance", () => {
  test("a use before the definition", () => {
    const text = errors(
      block([x], operation("add", [x, y], [z]), operation("sine", [x], [y]), operation("return", [z], [])),
      f32,
    );
    expect(text).toMatchInlineSnapshot(`
      "@main:
        %z = stablehlo.add %x, %y : tensor<2xf32>
        ^ error: operand 1 is not defined before this use"
    `);
  });

  test("a value of nowhere, and of another function", () => {
    const other = funcOf(
      block([x], operation("sine", [x], [y]), operation("return", [y], [])),
      [f32],
      "other",
    );
    const body = block([], operation("sine", [y], [z]), operation("return", [z], []));
    expect(formatDiagnostics(verify(moduleOf(other, funcOf(body, [f32]))))).toMatchInlineSnapshot(`
      "@main:
        %z = stablehlo.sine %y : tensor<2xf32>
        ^ error: operand 0 is not defined before this use"
    `);
  });

  test("a value of a region that has ended", () => {
    const p = new Value(type("bool"), "p");
    const [inner, outer] = [new Value(f32, "inner"), new Value(f32, "outer")];
    const branch = block([], operation("sine", [x], [inner]), operation("return", [inner], []));
    const same = block([], operation("return", [x], []));
    const body = block(
      [x, p],
      operation("if", [p], [outer], { regions: [branch, same] }),
      operation("return", [inner], []),
    );
    expect(errors(body, f32)).toMatchInlineSnapshot(`
      "@main:
        return %inner : tensor<2xf32>
        ^ error: operand 0 is out of scope here"
    `);
  });

  test("two definitions of one value", () => {
    const body = block(
      [x],
      operation("sine", [x], [y]),
      operation("cosine", [x], [y]),
      operation("return", [y], []),
    );
    expect(errors(body, f32)).toMatchInlineSnapshot(`
      "@main:
        %y_0 = stablehlo.cosine %x : tensor<2xf32>
        ^ error: this value is defined twice"
    `);
  });

  test("an argument given twice", () => {
    expect(errors(block([x, x], operation("return", [x], [])), f32)).toContain("this value is defined twice");
  });
});

describe("blocks", () => {
  test("an empty one, one that goes on after return, one without", () => {
    expect(errors(block([]))).toMatchInlineSnapshot(`
      "@main:
        func.func public @main() {
        ^ error: a block must end with return, this one is empty"
    `);
    const early = block(
      [x],
      operation("return", [x], []),
      operation("sine", [x], [y]),
      operation("return", [y], []),
    );
    expect(errors(early, f32)).toMatchInlineSnapshot(`
      "@main:
        return %x : tensor<2xf32>
        ^ error: return stands before the end of its block"
    `);
    expect(errors(block([x], operation("sine", [x], [y])), f32)).toMatchInlineSnapshot(`
      "@main:
        %y = stablehlo.sine %x : tensor<2xf32>
        ^ error: the block ends here without return"
    `);
  });
});

describe("attributes", () => {
  test("missing, of another kind, unknown", () => {
    const body = block(
      [x],
      operation("reverse", [x], [y]),
      operation("reverse", [x], [z], { attributes: { dimensions: [0.5] } }),
      operation("sine", [x], [new Value(f32)], { attributes: { accuracy: 3 } }),
      operation("compare", [x, x], [new Value(type("bool", 2))], {
        attributes: { comparison_direction: "BELOW" },
      }),
      operation("return", [x], []),
    );
    expect(errors(body, f32)).toMatchInlineSnapshot(`
      "@main:
        %y = "stablehlo.reverse"(%x) : (tensor<2xf32>) -> tensor<2xf32>
        ^ error: attribute dimensions is missing
        %z = stablehlo.reverse %x, dims = [0.5] : tensor<2xf32>
        ^ error: attribute dimensions is not of kind i64[]
        %0 = stablehlo.sine %x : tensor<2xf32>
        ^ error: stablehlo.sine has no attribute accuracy
        %1 = stablehlo.compare BELOW, %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
        ^ error: attribute comparison_direction is not of kind comparison_direction"
    `);
  });

  test("a constant with too few elements, or in another storage", () => {
    const constant = (value: unknown, result: TensorType) =>
      operation("constant", [], [new Value(result)], { attributes: { value } });
    const body = block(
      [],
      constant(literal("float32", [3], new Float32Array(2)), type("float32", 3)),
      constant(literal("bfloat16", [2], new Float32Array(2)), type("bfloat16", 2)),
      constant({ type: f32, data: new Float32Array(1), splat: false }, f32),
      constant(3, f32),
      operation("return", [], []),
    );
    expect(errors(body)).toMatchInlineSnapshot(`
      "@main:
        %cst = stablehlo.constant dense<[0.0, 0.0, 0x]> : tensor<3xf32>
        ^ error: attribute value holds 2 entries of data, its type needs 3
        %cst_0 = stablehlo.constant dense<[0.0, 0.0]> : tensor<2xbf16>
        ^ error: attribute value stores bfloat16 in Float32Array, not Uint16Array
        %cst_1 = stablehlo.constant dense<[0.0, 0x]> : tensor<2xf32>
        ^ error: attribute value holds 1 entries of data, its type needs 2
        %cst_2 = "stablehlo.constant"() <{value = <not elements: 3>}> : () -> tensor<2xf32>
        ^ error: attribute value is no literal"
    `);
  });
});

describe("types", () => {
  test("results that inference does not give", () => {
    const wrong = new Value(type("float64", 2), "wrong");
    const body = block(
      [x],
      operation("sine", [x], [wrong]),
      operation("add", [x, x], []),
      operation("return", [wrong], []),
    );
    expect(errors(body, wrong.type)).toMatchInlineSnapshot(`
      "@main:
        %wrong = stablehlo.sine %x : (tensor<2xf32>) -> tensor<2xf64>
        ^ error: results are (tensor<2xf64>), inference gives (tensor<2xf32>)
        "stablehlo.add"(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> ()
        ^ error: results are (), inference gives (tensor<2xf32>)"
    `);
  });

  test("sizes and element types that do not exist", () => {
    const values = [type("float8" as DType, 2), type("int8", -1), type("int8", 1.5)].map((t) => new Value(t));
    expect(errors(block(values, operation("return", [], [])))).toMatchInlineSnapshot(`
      "@main:
        func.func public @main(%arg0: tensor<2xfloat8>, %arg1: tensor<-1xi8>, %arg2: tensor<1.5xi8>) {
        ^ error: a value has the unknown element type float8
        ^ error: a value has a shape that is no list of sizes: -1
        ^ error: a value has a shape that is no list of sizes: 1.5"
    `);
  });

  test("an opcode that does not exist", () => {
    expect(errors(block([x], operation("sinus", [x], [y]), operation("return", [y], [])), f32)).toContain(
      "unknown opcode sinus",
    );
  });

  test("region counts", () => {
    const p = new Value(type("bool"), "p");
    const same = block([], operation("return", [x], []));
    const body = block([x, p], operation("if", [p], [y], { regions: [same] }), operation("return", [y], []));
    expect(errors(body, f32)).toContain("needs 2 regions, has 1");
  });
});

describe("the error", () => {
  test("shows every line at fault with the user's place, under its own line", () => {
    const location = { file: "user.ts", line: 3, column: 7, scope: "f" };
    const bad = operation("sine", [x], [new Value(type("int8", 2))], { location });
    const also = operation("add", [x], [y]);
    const module = moduleOf(funcOf(block([x], bad, also, operation("return", [y], [])), [f32]));
    expect(() => assertValid(module)).toThrow(VerificationError);
    expect(() => assertValid(module)).toThrowErrorMatchingInlineSnapshot(`
      [VerificationError: 2 errors in the IR
      @main:
        %0 = stablehlo.sine %x : (tensor<2xf32>) -> tensor<2xi8>  // user.ts:3:7 (f)
        ^ error: results are (tensor<2xi8>), inference gives (tensor<2xf32>)
        %y = stablehlo.add %x : tensor<2xf32>
        ^ error: stablehlo.add: takes 2 operands, got 1]
    `);
  });

  test("is not thrown for a valid module", () => {
    const module = moduleOf(
      funcOf(block([x], operation("sine", [x], [y]), operation("return", [y], [])), [f32]),
    );
    expect(verify(module)).toEqual([]);
    expect(() => assertValid(module)).not.toThrow();
  });
});
