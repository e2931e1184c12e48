import { countedLoop, type Operation, type OperationOf, parseModule, type Value } from "@fluxion/ir";
import { describe, expect, it } from "vitest";

interface Loop {
  readonly dtype?: string;
  readonly start?: number;
  readonly test?: string;
  readonly limit?: number;
  readonly step?: number;
  readonly next?: string;
}

/** The trips of `for (i = start; i TEST limit; i += step)`. */
function tripsOf({
  dtype = "i32",
  start = 0,
  test = "LT",
  limit = 10,
  step = 1,
  next,
}: Loop): number | undefined {
  const type = `tensor<${dtype}>`;
  const kind = dtype.startsWith("ui") ? "UNSIGNED" : "SIGNED";
  const module = parseModule(`func.func public @main(%x: ${type}) -> ${type} {
    %start = stablehlo.constant dense<${start}> : ${type}
    %limit = stablehlo.constant dense<${limit}> : ${type}
    %0:2 = stablehlo.while(%i = %start, %n = %limit) : ${type}, ${type}
    cond {
      %p = stablehlo.compare ${test}, %i, %n, ${kind} : (${type}, ${type}) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %step = stablehlo.constant dense<${step}> : ${type}
      %j = ${next ?? "stablehlo.add %i, %step"} : ${type}
      stablehlo.return %j, %n : ${type}, ${type}
    }
    return %0#0 : ${type}
  }`);
  const definitions = new Map<Value, Operation>();
  const visit = (operations: readonly Operation[]): void => {
    for (const op of operations) {
      for (const result of op.results) definitions.set(result, op);
      for (const region of op.regions) visit(region.operations);
    }
  };
  const { operations } = module.functions[0].body;
  visit(operations);
  const loop = operations.find(({ opcode }) => opcode === "while") as OperationOf<"while">;
  return countedLoop(loop, definitions)?.trips;
}

describe("the number of turns of a loop", () => {
  it.each<[Loop, number]>([
    [{}, 10],
    [{ start: 10 }, 0],
    [{ start: 12 }, 0],
    [{ step: 3 }, 4],
    [{ test: "LE" }, 11],
    [{ start: 9, test: "GE", limit: 0, step: -2 }, 5],
    [{ start: 9, test: "GT", limit: 0, step: -3 }, 3],
    [{ test: "NE", step: 5 }, 2],
    [{ dtype: "i64", start: -5, limit: 5 }, 10],
    [{ dtype: "ui8", limit: 255 }, 255],
  ])("%o has %i", (loop, trips) => {
    expect(tripsOf(loop)).toBe(trips);
  });

  it.each<Loop>([
    { test: "NE", step: 3 },
    { test: "EQ" },
    { step: 0 },
    { step: -1 },
    { dtype: "ui8", test: "LE", limit: 255 },
    { dtype: "i8", limit: 127, step: 2 },
    { next: "stablehlo.multiply %i, %step" },
  ])("%o is not known", (loop) => {
    expect(tripsOf(loop)).toBeUndefined();
  });
});
