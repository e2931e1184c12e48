/** Control flow: commands of programs, and branches and loops inside kernels. */
import { kernel as k } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { compileProgram, UnsupportedProgramError } from "../../src/index.ts";
import { buffer, check, flatGrid, loops, programOf, storage, variants } from "./harness.ts";

const zero = k.indexConst(0);
const f32 = (x: number): k.Expr => k.constant("float32", x);
const i32 = (x: number): k.Expr => k.constant("int32", x);

/** to[i] = from[i] · factor */
function scale(from: k.BufferRef, to: k.BufferRef, factor: number): k.LoopKernel {
  const i = new k.LoopVar("i");
  const value = k.scalarOp("multiply", "float32", k.load(from, k.indexVar(i)), f32(factor));
  return loops({
    buffers: [from, to],
    grid: flatGrid(i, to.elements),
    body: [k.store(to, k.indexVar(i), value)],
  });
}

describe("commands", () => {
  test("a while command halves a vector until a counter runs out", () => {
    const n = 20;
    const [x, steps] = [buffer("x", "float32", n), buffer("steps", "int32", 1)];
    const y = buffer("y", "float32", n, "readwrite");
    const [left, more] = [buffer("left", "int32", 1, "readwrite"), buffer("more", "bool", 1, "readwrite")];
    const test = loops({
      buffers: [left, more],
      body: [k.store(more, zero, k.compare("GT", k.load(left, zero), i32(0)))],
    });
    const down = loops({
      buffers: [left],
      body: [k.store(left, zero, k.scalarOp("subtract", "int32", k.load(left, zero), i32(1)))],
    });
    const program = programOf({
      inputs: [x, steps],
      outputs: [y],
      temporaries: [left, more],
      kernels: [test, scale(y, y, 0.5), down],
      commands: (id) => [
        { kind: "copy", from: id(x), to: id(y) },
        { kind: "copy", from: id(steps), to: id(left) },
        {
          kind: "while",
          condition: [{ kind: "launch", kernel: 0, buffers: [id(left), id(more)] }],
          predicate: id(more),
          body: [
            { kind: "launch", kernel: 1, buffers: [id(y), id(y)] },
            { kind: "launch", kernel: 2, buffers: [id(left)] },
          ],
        },
      ],
    });
    for (const count of [0, 1, 5]) {
      const [result] = check(program, [storage("float32", new Array(n).fill(64)), storage("int32", [count])]);
      expect(result[n - 1]).toBe(64 / 2 ** count);
    }
  });

  test.each(["int32", "bool"] as const)("a case command picks a branch by a %s", (dtype) => {
    const [x, which] = [buffer("x", "float32", 9), buffer("which", dtype, 1)];
    const y = buffer("y", "float32", 9, "write");
    const program = programOf({
      inputs: [x, which],
      outputs: [y],
      kernels: [scale(x, y, 2), scale(x, y, 3), scale(x, y, 5)],
      commands: (id) => [
        {
          kind: "case",
          index: id(which),
          branches: [0, 1, 2].map((kernel) => [{ kind: "launch", kernel, buffers: [id(x), id(y)] }]),
        },
      ],
    });
    for (const index of dtype === "bool" ? [0, 1] : [0, 1, 2, 3, -1]) {
      const [result] = check(program, [storage("float32", new Array(9).fill(1)), storage(dtype, [index])]);
      expect(result[8]).toBe([2, 3, 5][index] ?? 5);
    }
  });

  test("one kernel runs on different buffers", () => {
    const [x, y, z] = [
      buffer("x", "float32", 7),
      buffer("y", "float32", 7, "write"),
      buffer("z", "float32", 7, "write"),
    ];
    const kernel = scale(x, y, 3);
    const program = programOf({
      inputs: [x],
      outputs: [y, z],
      kernels: [kernel],
      commands: (id) => [
        { kind: "launch", kernel: 0, buffers: [id(x), id(y)] },
        { kind: "launch", kernel: 0, buffers: [id(y), id(z)] },
      ],
    });
    const [, result] = check(program, [storage("float32", [1, 2, 3, 4, 5, 6, 7])]);
    expect(result[6]).toBe(63);
  });

  test("constants lie in their own block", () => {
    const c = buffer("c", "float32", 3);
    const y = buffer("y", "float32", 3, "write");
    const made = programOf({ inputs: [c], outputs: [y], kernels: [scale(c, y, 2)] });
    const program: k.Program = {
      ...made,
      parameters: [],
      buffers: made.buffers.map((b) =>
        b.name === "c" ? { ...b, placement: { kind: "constant", data: new Float32Array([1, 2, 4]) } } : b,
      ),
    };
    expect(Array.from(check(program, [])[0], Number)).toEqual([2, 4, 8]);
  });
});

describe("inside kernels", () => {
  /** Collatz steps of every element, one after the other: a loop whose length differs between elements. */
  test("a while statement under a grid that could be vectors", () => {
    const n = 30;
    const [x, y] = [buffer("x", "int32", n), buffer("y", "int32", n, "write")];
    const i = new k.LoopVar("i");
    const value = new k.Local("value", "int32", true);
    const count = new k.Local("count", "int32", true);
    const even = k.compare("EQ", k.scalarOp("and", "int32", k.use(value), i32(1)), i32(0));
    const program = programOf({
      inputs: [x],
      outputs: [y],
      kernels: [
        loops({
          buffers: [x, y],
          grid: flatGrid(i, n),
          body: [
            k.letStmt(value, k.load(x, k.indexVar(i))),
            k.letStmt(count, i32(0)),
            {
              kind: "while",
              before: [],
              condition: k.compare("GT", k.use(value), i32(1)),
              body: [
                {
                  kind: "if",
                  condition: even,
                  // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the kernel IR
                  then: [k.assign(value, k.scalarOp("divide", "int32", k.use(value), i32(2)))],
                  else: [
                    k.assign(
                      value,
                      k.scalarOp(
                        "add",
                        "int32",
                        k.scalarOp("multiply", "int32", k.use(value), i32(3)),
                        i32(1),
                      ),
                    ),
                  ],
                },
                k.assign(count, k.scalarOp("add", "int32", k.use(count), i32(1))),
              ],
            },
            k.store(y, k.indexVar(i), k.use(count)),
          ],
        }),
      ],
    });
    const [result] = check(program, [
      storage(
        "int32",
        Array.from({ length: n }, (_, j) => j + 1),
      ),
    ]);
    expect(result[26]).toBe(111);
  });

  test("a branch that is the same for all lanes, and a running sum in lanes", () => {
    const [rows, columns] = [6, 21];
    const [x, flag] = [buffer("x", "float32", rows * columns), buffer("flag", "bool", 1)];
    const y = buffer("y", "float32", rows * columns, "write");
    const [c, r] = [new k.LoopVar("c"), new k.LoopVar("r")];
    const sum = new k.Local("sum", "float32", true);
    const on = new k.Local("on", "bool");
    const at = k.indexAdd(k.indexVar(r, columns), k.indexVar(c));
    const program = programOf({
      inputs: [x, flag],
      outputs: [y],
      kernels: [
        loops({
          buffers: [x, flag, y],
          grid: flatGrid(c, columns),
          prologue: [k.letStmt(on, k.load(flag, zero))],
          body: [
            k.letStmt(sum, f32(0)),
            {
              kind: "for",
              var: r,
              extent: rows,
              mode: "serial",
              body: [
                {
                  kind: "if",
                  condition: k.use(on),
                  // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the kernel IR
                  then: [k.assign(sum, k.scalarOp("add", "float32", k.use(sum), k.load(x, at)))],
                  else: [k.assign(sum, k.scalarOp("subtract", "float32", k.use(sum), k.load(x, at)))],
                },
                k.store(y, at, k.use(sum)),
              ],
            },
          ],
        }),
      ],
    });
    for (const flagValue of [0, 1])
      check(program, [
        storage(
          "float32",
          Array.from({ length: rows * columns }, (_, n) => n % 9),
        ),
        storage("bool", [flagValue]),
      ]);
  });
});

describe("long loops, which become functions of their own", () => {
  test("a while loop over two scalars and an array", () => {
    const [x, steps] = [buffer("x", "float32", 4), buffer("steps", "int32", 1)];
    const [y, count] = [buffer("y", "float32", 1, "write"), buffer("count", "int32", 1, "write")];
    const [value, left] = [new k.Local("value", "float32", true), new k.Local("left", "int32", true)];
    const [start, more] = [new k.Local("start", "int32"), new k.Local("more", "bool")];
    const position = k.scalarOp("and", "int32", k.use(left), i32(3));
    const next = k.scalarOp(
      "add",
      "float32",
      k.scalarOp("multiply", "float32", k.use(value), f32(0.5)),
      k.load(x, k.indexValue(position)),
    );
    const program = programOf({
      inputs: [x, steps],
      outputs: [y, count],
      kernels: [
        loops({
          buffers: [x, steps, y, count],
          body: [
            k.letStmt(start, k.load(steps, zero)),
            k.letStmt(left, k.use(start)),
            k.letStmt(value, f32(1)),
            {
              kind: "while",
              before: [k.letStmt(more, k.compare("GT", k.use(left), i32(0)))],
              condition: k.use(more),
              body: [
                k.assign(value, next),
                k.assign(left, k.scalarOp("subtract", "int32", k.use(left), i32(1))),
              ],
            },
            k.store(y, zero, k.use(value)),
            k.store(count, zero, k.scalarOp("subtract", "int32", k.use(start), k.use(left))),
          ],
        }),
      ],
    });
    for (const n of [0, 1, 1023, 1024, 1025, 5000]) {
      const [, done] = check(program, [storage("float32", [1, 2, 4, 8]), storage("int32", [n])]);
      expect(done[0]).toBe(n);
    }
  });

  test("a serial loop with a running sum, and one without state", () => {
    const n = 40_000;
    const [x, y, z] = [
      buffer("x", "int32", n),
      buffer("y", "int32", n, "write"),
      buffer("z", "int32", n, "write"),
    ];
    const [i, j] = [new k.LoopVar("i"), new k.LoopVar("j")];
    const sum = new k.Local("sum", "int32", true);
    const plus = k.scalarOp("add", "int32", k.use(sum), k.load(x, k.indexVar(i)));
    const body: k.Stmt[] = [
      k.letStmt(sum, i32(5)),
      {
        kind: "for",
        var: i,
        extent: n,
        mode: "serial",
        body: [k.assign(sum, plus), k.store(y, k.indexVar(i), k.use(sum))],
      },
      {
        kind: "for",
        var: j,
        extent: n,
        mode: "serial",
        body: [k.store(z, k.indexVar(j), k.scalarOp("add", "int32", k.use(sum), k.load(x, k.indexVar(j))))],
      },
    ];
    const program = programOf({
      inputs: [x],
      outputs: [y, z],
      kernels: [loops({ buffers: [x, y, z], body })],
    });
    const [sums] = check(program, [
      storage(
        "int32",
        Array.from({ length: n }, (_, at) => at % 7),
      ),
    ]);
    expect(sums[8]).toBe(5 + 21 + 0 + 1);
  });
});

test("what cannot be emitted is refused in a sentence that names the user's line", () => {
  const [x, y] = [buffer("x", "bool", 4), buffer("y", "bool", 4, "write")];
  const i = new k.LoopVar("i");
  const kernel = loops({
    buffers: [x, y],
    grid: flatGrid(i, 4),
    body: [k.store(y, k.indexVar(i), k.scalarOp("sine", "bool", k.load(x, k.indexVar(i))))],
    origin: [{ opcode: "sine", location: { file: "user.ts", line: 3, column: 7 } }],
  });
  const compile = () =>
    compileProgram(programOf({ inputs: [x], outputs: [y], kernels: [kernel] }), variants[0]);
  expect(compile).toThrow(UnsupportedProgramError);
  expect(compile).toThrow(/sine on bool cannot be compiled.*user\.ts:3:7/);
});

test("the module's text names the kernels", () => {
  const [x, y] = [buffer("x", "float32", 40), buffer("y", "float32", 40, "write")];
  const program = programOf({ inputs: [x], outputs: [y], kernels: [{ ...scale(x, y, 2), name: "double" }] });
  const compiled = compileProgram(program, variants[1]);
  expect(compiled.kernels[0].functionName).toBe("k0.double");
  expect(compiled.wat()).toContain("(func $k0.double.block");
});
