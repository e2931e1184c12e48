/** Reading and printing: JAX's own texts, every op's form, names, and hostile input. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  buildFunction,
  declarationOf,
  type Func,
  findFunction,
  literal,
  opcodes,
  ParseError,
  parseModule,
  parseModules,
  printFunc,
  printModule,
  printOperation,
  Value,
  VerificationError,
} from "../src/index.ts";
import { forms } from "../src/text/forms/table.ts";

const folder = new URL("goldens/jax/", import.meta.url);
const texts = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);

describe("texts that JAX and MLIR print", () => {
  test.each(texts)("%s reads, and prints as the identity", (_, text) => {
    const module = parseModule(text);
    for (const form of ["pretty", "generic"] as const) {
      const printed = printModule(module, { form, locations: true });
      expect(printModule(parseModule(printed), { form, locations: true })).toBe(printed);
    }
  });

  test.each(["constants", "control_flow", "lambda", "many_ops"])("%s: both forms say the same", (name) => {
    const [pretty, generic] = [`${name}.mlir`, `${name}.generic.mlir`].map((file) =>
      parseModule(readFileSync(new URL(file, folder), "utf8")),
    );
    // Names of values differ between the two; the generic form of neither has any.
    const bare = (text: string) => text.replaceAll(/%[\w.]+/g, "%");
    expect(bare(printModule(pretty, { form: "generic" }))).toBe(
      bare(printModule(generic, { form: "generic" })),
    );
  });

  test("locations name the user's line", () => {
    const text = readFileSync(new URL("control_flow.located.mlir", folder), "utf8");
    const { body } = findFunction(parseModule(text), "main");
    const loop = body.operations.find(({ opcode }) => opcode === "while");
    expect(loop?.location).toMatchObject({ file: "/src/jax_texts.py", scope: "control_flow" });
  });
});

describe("printing", () => {
  test("every op declared with a form of its own has one", () => {
    const declared = opcodes.filter((opcode) => declarationOf(opcode).form === "custom");
    expect(Object.keys(forms).sort()).toEqual([...declared].sort());
  });

  test("names are unique in a function and follow the hints", () => {
    const type = { dtype: "float32", shape: [] } as const;
    const [a, b] = [new Value(type, "x"), new Value(type, "x")];
    const func: Func = {
      name: "f",
      visibility: "public",
      body: {
        arguments: [a, b],
        operations: [
          {
            opcode: "return",
            operands: [b, a],
            attributes: {},
            regions: [],
            results: [],
            location: undefined,
          },
        ],
      },
      resultTypes: [type, type],
    };
    expect(printFunc(func)).toMatchInlineSnapshot(`
      "func.func public @f(%x: tensor<f32>, %x_0: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
        return %x_0, %x : tensor<f32>, tensor<f32>
      }
      "
    `);
  });

  test("one operation alone", () => {
    const { body } = buildFunction("f", [{ dtype: "int8", shape: [2] }], (b, [x]) => [b.op("add", x, x)]);
    expect(printOperation(body.operations[0])).toBe("%1 = stablehlo.add %0, %0 : tensor<2xi8>");
  });

  test("large constants are hexadecimal and keep every bit", () => {
    const data = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 10 ** (i % 30));
    const type = { dtype: "float32", shape: [4, 25] } as const;
    const func = buildFunction("main", [], (b) => [b.constant(literal(type.dtype, type.shape, data))]);
    const [operation] = parseModule(printModule({ name: undefined, functions: [func] })).functions[0].body
      .operations;
    if (operation.opcode !== "constant") return expect.fail("expected a constant");
    expect(operation.attributes.value.data).toEqual(data);
  });

  test("strings and symbols are quoted where they must be", () => {
    const func = buildFunction("a b", [], (b) => {
      b.emit("custom_call", [], { call_target_name: 'x"\\\n→', rest: { "k v": '"w"' } }, { types: [] });
      return [];
    });
    const text = printModule({ name: "m.1", functions: [func] });
    expect(text).toContain(String.raw`@"x\"\\\0A\E2\86\92"`);
    const [back] = parseModule(text).functions[0].body.operations;
    expect(back.attributes).toEqual({ call_target_name: 'x"\\\n→', rest: { "k v": '"w"' } });
    expect(printModule(parseModule(text))).toBe(text);
  });
});

describe("several modules in a text", () => {
  test("are split by // -----", () => {
    const one = "func.func @main() {\n  return\n}\n";
    expect(
      parseModules(`${one}// -----\n// nothing here\n// -----\nmodule @b {\n${one}}\n`).map((m) => m.name),
    ).toEqual([undefined, "b"]);
  });
});

/** Either a module or an error with a place; never another error, never no answer. */
function survives(text: string): void {
  try {
    parseModule(text);
  } catch (error) {
    if (!(error instanceof ParseError) && !(error instanceof VerificationError)) throw error;
  }
}

describe("hostile text", () => {
  test("cut off anywhere", () => {
    const [, text] = texts.find(([name]) => name === "many_ops.mlir") ?? texts[0];
    for (let end = 0; end < text.length; end += 41) {
      expect(() => parseModule(text.slice(0, end))).toThrow(ParseError);
    }
  });

  test("with characters and lines moved about", () => {
    let state = 12345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const junk = [
      '"',
      "%",
      "{",
      "}",
      "(",
      ")",
      "<",
      ">",
      "[",
      "]",
      "#",
      "@",
      "0x",
      "-",
      ":",
      ",",
      "\n",
      "tensor<",
      "\\",
      "é",
    ];
    for (const [, text] of texts) {
      for (let round = 0; round < 25; round++) {
        let changed = text;
        for (let edits = 1 + random(3); edits > 0; edits--) {
          const at = random(changed.length);
          const cut = random(6);
          changed = changed.slice(0, at) + junk[random(junk.length)] + changed.slice(at + cut);
        }
        survives(changed);
      }
    }
  });

  test("that nests, repeats or counts without end", () => {
    const deep = (open: string, count: number) => open.repeat(count);
    survives(`func.func @f() { "stablehlo.case"${deep("({", 5000)}`);
    survives(`module attributes {a = ${deep("[", 100_000)}} {}`);
    survives(`#loc = loc(#loc)\nfunc.func @f() { return loc(#loc) }`);
    survives(`func.func @f() { return loc(${deep('"a"(', 5000)}`);
    survives(`func.func @f(%a: tensor<${"9x".repeat(5000)}f32>) { return }`);
    survives(`func.func @f() { %0:999999999 = stablehlo.constant dense<1> : tensor<i32> return }`);
    survives(deep('"', 10_001));
    survives(deep("/", 10_001));
  });
});
