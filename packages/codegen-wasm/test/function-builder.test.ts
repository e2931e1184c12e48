import { beforeAll, expect, test } from "vitest";
import { type Binaryen, FunctionBuilder, type Module, type Type } from "../src/emit/function-builder.ts";

let b: Binaryen;
beforeAll(async () => {
  b = (await import("binaryen")).default;
});

type Numeric = (...args: number[]) => number;

function compile(params: (b: Binaryen) => Type[], emit: (f: FunctionBuilder, m: Module) => void): Numeric {
  const m = new b.Module();
  try {
    const f = new FunctionBuilder(b, m, params(b), b.i32);
    emit(f, m);
    f.finish("f");
    m.addFunctionExport("f", "f");
    expect(m.validate()).toBe(1);
    const instance = new WebAssembly.Instance(
      new WebAssembly.Module(m.emitBinary() as Uint8Array<ArrayBuffer>),
    );
    return instance.exports.f as Numeric;
  } finally {
    m.dispose();
  }
}

test("forRange sums a range and leaves the counter at its end", () => {
  const run = (begin: number, end: number, step: number): number =>
    compile(
      (b) => [b.i32],
      (f, m) => {
        const sum = f.let(b.i32, m.i32.const(0));
        const i = f.forRange(m.i32.const(begin), f.param(0), step, (i) => {
          f.set(sum, m.i32.add(f.get(sum), f.get(i)));
        });
        f.return(m.i32.add(m.i32.mul(f.get(i), m.i32.const(1000)), f.get(sum)));
      },
    )(end);
  expect(run(0, 5, 1)).toBe(5000 + 10);
  expect(run(0, 7, 4)).toBe(8000 + 4);
  expect(run(3, 3, 1)).toBe(3000);
  expect(run(3, -1, 1)).toBe(3000);
});

test("if and else, nested", () => {
  const f = compile(
    (b) => [b.i32, b.i32],
    (f, m) => {
      const r = f.let(b.i32, m.i32.const(1));
      f.if(
        f.get(f.param(0)),
        () => f.if(f.get(f.param(1)), () => f.set(r, m.i32.const(2))),
        () => f.set(r, m.i32.const(3)),
      );
      f.return(f.get(r));
    },
  );
  expect([f(0, 0), f(0, 1), f(1, 0), f(1, 1)]).toEqual([3, 3, 1, 2]);
});

test("loop with break and continue", () => {
  // Sum of the odd numbers below n.
  const f = compile(
    (b) => [b.i32],
    (f, m) => {
      const i = f.let(b.i32, m.i32.const(-1));
      const sum = f.local(b.i32);
      f.loop((loop) => {
        f.set(i, m.i32.add(f.get(i), m.i32.const(1)));
        loop.break(m.i32.ge_s(f.get(i), f.get(f.param(0))));
        loop.continue(m.i32.eqz(m.i32.and(f.get(i), m.i32.const(1))));
        f.set(sum, m.i32.add(f.get(sum), f.get(i)));
      });
      f.return(f.get(sum));
    },
  );
  expect([f(0), f(1), f(2), f(6), f(7)]).toEqual([0, 0, 1, 9, 9]);
});

test("hoisted values are set before the body, and name() copies only expressions", () => {
  const f = compile(
    (b) => [b.i32],
    (f, m) => {
      const x = f.param(0);
      expect(f.name(b.i32, x)).toBe(x);
      const y = f.name(b.i32, m.i32.mul(f.get(x), m.i32.const(2)));
      f.set(x, m.i32.const(0));
      const z = f.hoist(b.i32, m.i32.add(f.get(x), m.i32.const(1)));
      f.return(m.i32.add(f.get(y), f.get(z)));
    },
  );
  expect(f(10)).toBe(20 + 11);
});

test("misuse is an error", () => {
  const m = new b.Module();
  const f = new FunctionBuilder(b, m, [b.i32], b.none);
  expect(() => f.param(1)).toThrow(RangeError);
  f.finish("f");
  expect(() => f.finish("f")).toThrow(/already added/);
  m.dispose();
});
