/** Rules of calls to foreign targets, and of `return`. */

import { copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import type { JvpRule, RulesOf, TransposeRule } from "./rule.ts";

/** Sharding annotates its operand and passes it on: ẏ = Sharding(ẋ), x̄ = Sharding(ȳ). */
const customCallJvp: JvpRule<"custom_call"> = ({ b }, op, [t]) => {
  const target = op.attributes.call_target_name;
  if (target === "Sharding") return t ? copyOn(b, op, [t]) : [];
  if (target.startsWith("check.")) return [];
  throw noRule("Differentiation", op, `the target @${target} has no derivative`);
};

const customCallTranspose: TransposeRule<"custom_call"> = ({ b }, op, [ct]) =>
  ct ? copyOn(b, op, [ct]) : [];

export const callRules: RulesOf<"custom_call" | "return"> = {
  custom_call: { jvp: customCallJvp, transpose: customCallTranspose },
  return: { jvp: () => [] },
};
