/** Names of rules for batching: the user's, and those of its derivatives. */

import { maskKey } from "../scope.ts";

/** A rule for (operands…, tangents of some…) → (results…, tangents of some…), derived from that of operands → results. */
export interface DerivedRule {
  readonly rule: string;
  /** Which operands have a tangent. */
  readonly active: readonly boolean[];
  /** Which results have one. */
  readonly outputs: readonly boolean[];
}

export const nameOfDerived = ({ rule, active, outputs }: DerivedRule): string =>
  `jvp ${maskKey(active)} ${maskKey(outputs)} ${rule}`;

/** What the name of a derived rule says; nothing for a rule of the user. */
export function derivedRule(name: string): DerivedRule | undefined {
  const [, active, outputs, rule] = /^jvp ([01]*) ([01]*) (.*)$/s.exec(name) ?? [];
  if (rule === undefined) return undefined;
  const maskOf = (key: string): boolean[] => [...key].map((on) => on === "1");
  return { rule, active: maskOf(active), outputs: maskOf(outputs) };
}

/** Which operands of a call are tangents of arrays that its function or its rule closes over (the last `captured` of the user's call). */
export function closedOverTangents(name: string, operands: number, captured: number): boolean[] {
  const roles = rolesOf(name, operands, captured);
  return roles.map(({ isCaptured, isTangent }) => isCaptured && isTangent);
}

interface Role {
  readonly isCaptured: boolean;
  readonly isTangent: boolean;
}

function rolesOf(name: string, operands: number, captured: number): Role[] {
  const derived = derivedRule(name);
  if (derived === undefined)
    return Array.from({ length: operands }, (_, i) => ({
      isCaptured: i >= operands - captured,
      isTangent: false,
    }));
  const { rule, active } = derived;
  const own = rolesOf(rule, active.length, captured);
  return [
    ...own,
    ...own.filter((_, i) => active[i]).map(({ isCaptured }) => ({ isCaptured, isTangent: true })),
  ];
}

/** The user's rule that a rule is or comes from. */
export function ruleOfUser(name: string): string {
  const derived = derivedRule(name);
  return derived === undefined ? name : ruleOfUser(derived.rule);
}
