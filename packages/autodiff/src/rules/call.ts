/** Rules of calls to foreign targets, and of `return`. */

import type { Builder, OperationOf, Value } from "@fluxion/ir";
import {
  type CollectiveTarget,
  isCollective,
  permutationOf,
  withPermutation,
} from "../batching/collectives.ts";
import { copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import { sum } from "./math.ts";
import {
  type JvpRule,
  type NotDifferentiable,
  notDifferentiable,
  type RulesOf,
  type TransposeRule,
} from "./rule.ts";

type CustomCall = OperationOf<"custom_call">;

/**
 * Transposes of collectives that are linear: ẏ = f(ẋ). Each example gives its value to those that read it, so the way back
 * sums over these.
 */
const collectives: Readonly<
  Record<CollectiveTarget, NotDifferentiable | "still" | ((b: Builder, op: CustomCall, ct: Value) => Value)>
> = {
  // x̄[n] = Σₘ ȳ[m]
  "fluxion.psum": (b, op, ct) => copyOn(b, op, [ct])[0],
  "fluxion.pmax": notDifferentiable("pmax has no derivative, as in JAX"),
  "fluxion.pmin": notDifferentiable("pmin has no derivative, as in JAX"),
  "fluxion.axis_index": "still",
  // x̄[n] = Σₘ ȳ[m][n]
  "fluxion.all_gather": (b, { attributes }, ct) => {
    const exchange = { ...attributes, call_target_name: "fluxion.all_to_all" };
    return sum(b, b.one("custom_call", [ct], exchange, { types: [ct.type] }), [0]);
  },
  // x̄[n][m] = ȳ[m][n]
  "fluxion.all_to_all": (b, op, ct) => copyOn(b, op, [ct])[0],
  // x̄[m] = ȳ[n] where m is sent to n
  "fluxion.ppermute": (b, op, ct) => {
    const back = withPermutation(
      op,
      permutationOf(op).map(([from, to]) => [to, from]),
    );
    return b.one("custom_call", [ct], back, { types: [ct.type] });
  },
};

/** Sharding annotates its operand and passes it on: ẏ = Sharding(ẋ), x̄ = Sharding(ȳ). */
const customCallJvp: JvpRule<"custom_call"> = ({ b }, op, [t]) => {
  const target = op.attributes.call_target_name;
  if (isCollective(target)) {
    const rule = collectives[target];
    if (typeof rule === "object") throw noRule("Differentiation", op, rule.reason);
    return t && rule !== "still" ? copyOn(b, op, [t]) : [];
  }
  if (target === "Sharding") return t ? copyOn(b, op, [t]) : [];
  if (target.startsWith("check.")) return [];
  throw noRule("Differentiation", op, `the target @${target} has no derivative`);
};

const customCallTranspose: TransposeRule<"custom_call"> = ({ b }, op, [ct]) => {
  if (ct === undefined) return [];
  const target = op.attributes.call_target_name;
  const rule = isCollective(target) ? collectives[target] : undefined;
  return typeof rule === "function" ? [rule(b, op, ct)] : copyOn(b, op, [ct]);
};

export const callRules: RulesOf<"custom_call" | "return"> = {
  custom_call: { jvp: customCallJvp, transpose: customCallTranspose },
  return: { jvp: () => [] },
};
