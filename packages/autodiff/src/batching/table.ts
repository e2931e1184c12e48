/** The batching rule of every op, one table; TypeScript lists the ops that have no entry. */

import { callBatching } from "./call.ts";
import { controlBatching } from "./control.ts";
import { dotBatching } from "./dot.ts";
import { elementwiseBatching } from "./elementwise.ts";
import { indexedBatching } from "./indexed.ts";
import { reduceBatching } from "./reduce.ts";
import type { BatchRules } from "./rule.ts";
import { shapeBatching } from "./shape.ts";

export const batchRules: BatchRules = {
  ...elementwiseBatching,
  ...shapeBatching,
  ...dotBatching,
  ...reduceBatching,
  ...indexedBatching,
  ...controlBatching,
  ...callBatching,
};
