/** JAX's derivatives of every op: forward, reverse, forward and reverse over reverse, and batched along each axis. */

import { DifferentiationError } from "@fluxion/autodiff";
import { type Opcode, opcodes, qualifiedName } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { type DerivativeCase, derivedOf, mainOf, wrongDerivatives } from "./derivatives.ts";
import { loadFamily } from "./run.ts";

const { cases } = loadFamily<{ readonly cases: readonly DerivativeCase[] }>("op-derivatives");

/** Ops that JAX never writes; packages/autodiff/test compares them with central differences. */
const unwritten: { readonly [K in Opcode]?: string } = {
  if: "JAX writes stablehlo.case for two branches too",
  custom_call: "foreign targets have no derivative in JAX; Sharding passes its operand on",
  "chlo.is_inf": "JAX writes comparisons; the result is a bool, which has no tangent",
  "chlo.is_pos_inf": "JAX writes comparisons; the result is a bool, which has no tangent",
  "chlo.is_neg_inf": "JAX writes comparisons; the result is a bool, which has no tangent",
};

const nameOf = (opcode: Opcode): string => (opcode === "return" ? "return" : qualifiedName(opcode).replace(/^func\./, ""));

describe("every op has a golden", () => {
  test.each(opcodes)("%s", (opcode) => {
    const own = cases.filter(({ op }) => op === opcode);
    if (unwritten[opcode] !== undefined) expect(own).toEqual([]);
    else expect(own.length).toBeGreaterThan(0);
    for (const { text } of own) expect(text).toMatch(new RegExp(`\\b${nameOf(opcode)}\\b`));
  });
});

describe("derivatives are JAX's", () => {
  test.each(cases.filter(({ points }) => points !== undefined))("$id", (golden) => {
    expect(wrongDerivatives(golden)).toEqual([]);
  });

  test.each(cases.filter(({ error }) => error !== undefined))("$id", ({ text, error }) => {
    const derived = derivedOf(text);
    const refused = (): unknown => derived.forward(mainOf(derived));
    expect(refused).toThrow(DifferentiationError);
    expect(refused).toThrow(expect.objectContaining({ kind: error }));
  });

  test("a loop of unknown length has no way back", () => {
    const forwardOnly = cases.filter(({ points }) => points?.[0].vjp === undefined && points !== undefined);
    expect(forwardOnly.length).toBeGreaterThan(0);
    for (const { text } of forwardOnly) {
      const derived = derivedOf(text);
      expect(() => derived.reverse(mainOf(derived))).toThrow("Reverse-mode differentiation does not work");
    }
  });
});
