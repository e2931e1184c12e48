/**
 * Rules for batching by the name that calls in the IR know them by. A rule lives for as long as a module that holds such a call,
 * or the function that it belongs to.
 */

import { type CustomBatching, ruleOfUser } from "@fluxion/autodiff";
import type { ModuleBuilder } from "../../core/trace.ts";

/** Answers for the calls of a function with a rule for batching. */
export type BatchingRule = (
  module: ModuleBuilder,
  request: Parameters<CustomBatching>[0],
) => ReturnType<CustomBatching>;

const rules = new Map<string, WeakRef<BatchingRule>>();
const finalizers = new FinalizationRegistry<string>((name) => rules.delete(name));
const kept = new WeakMap<ModuleBuilder, Set<BatchingRule>>();
let count = 0;

/** Gives a rule a name. */
export function nameBatchingRule(rule: BatchingRule): string {
  const name = `custom_vmap_${count++}`;
  rules.set(name, new WeakRef(rule));
  finalizers.register(rule, name);
  return name;
}

/** Keeps the rule of that name, or that it is derived from, for as long as the module. */
export function keepBatchingRule(module: ModuleBuilder, name: string | undefined): void {
  const rule = name === undefined ? undefined : rules.get(ruleOfUser(name))?.deref();
  if (rule === undefined) return;
  const own = kept.get(module) ?? new Set();
  kept.set(module, own.add(rule));
}

/** How the batching of a module's functions asks rules. */
export const batchingRulesOf =
  (module: ModuleBuilder): CustomBatching =>
  (request) => {
    const rule = rules.get(request.rule)?.deref();
    if (rule === undefined) throw new Error(`the rule ${request.rule} of customBatching is gone`);
    return rule(module, request);
  };
