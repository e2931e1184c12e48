/** The rules of every op, one table; TypeScript lists the ops that have no entry. */

import type { Opcode } from "@fluxion/ir";
import { callRules } from "./call.ts";
import { dotRules } from "./dot.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { reduceRules } from "./reduce.ts";
import type { RulesOf, StructuralOpcode } from "./rule.ts";
import { scatterRules } from "./scatter.ts";
import { shapeRules } from "./shape.ts";
import { sortRules } from "./sort.ts";

export const ruleTable: RulesOf<Exclude<Opcode, StructuralOpcode>> = {
  ...elementwiseRules,
  ...shapeRules,
  ...dotRules,
  ...reduceRules,
  ...gatherRules,
  ...scatterRules,
  ...sortRules,
  ...callRules,
};
