/** Batching of foreign calls: collectives over named axes, checks, and annotations. */

import { isCheckTarget } from "@fluxion/ir";
import { CUSTOM_VJP_TANGENTS } from "../linearize-custom.ts";
import { alignedAt, batchedAt, batchedType, inserted, one } from "./axes.ts";
import { type CustomCallRule, overBatch, overOther } from "./collective-rules.ts";
import { collectiveAxis, isCollective } from "./collectives.ts";
import { noBatching } from "./errors.ts";
import type { BatchRule } from "./rule.ts";

export const customCall: BatchRule<"custom_call"> = (c, op, operands) => {
  const target = op.attributes.call_target_name;
  if (isCollective(target)) {
    return collectiveAxis(op as never) === c.axisName
      ? overBatch[target](c, op, operands)
      : overOther[target](c, op, operands);
  }
  if (target === "Sharding") return sharding(c, op, operands);
  // Equal element by element: all examples are, or the check fails.
  if (isCheckTarget(target)) return alongside(c, op, operands);
  if (target === CUSTOM_VJP_TANGENTS) return alongside(c, op, operands);
  throw noBatching(op as never, `the target @${target} is not known`);
};

/** One call on operands that all have the batch in front, as have the results. */
const alongside: CustomCallRule = (c, op, operands) => {
  const types = op.results.map(({ type }) => batchedType(type, 0, c.size));
  return c.b
    .emit("custom_call", alignedAt(c, operands, 0), op.attributes, { types })
    .map((value) => batchedAt(value, 0));
};

/** The batch is a dimension that is not split: `{devices=[2,1]<=[2]}` with it at 0 is `{devices=[1,2,1]<=[2]}`. */
const sharding: CustomCallRule = (c, op, [x]) => {
  const axis = x.axis ?? 0;
  const entries = Object.entries(op.attributes.rest ?? {}).map(([name, text]) => [
    name,
    text.replace(/devices=\[([\d,]+)\]/g, (_, sizes: string) => {
      return `devices=[${inserted(sizes.split(","), axis, "1").join()}]`;
    }),
  ]);
  const rest = op.attributes.rest && { rest: Object.fromEntries(entries) as Record<string, string> };
  const type = batchedType(op.results[0].type, axis, c.size);
  const attributes = { ...op.attributes, ...rest };
  return one(c.b.one("custom_call", [c.at(x, axis)], attributes, { types: [type] }), axis);
};
