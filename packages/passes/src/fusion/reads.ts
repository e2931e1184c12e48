/** What groups read from buffers, and an order of groups in which buffers may be overwritten. */

import type { Operation, Value } from "@fluxion/ir";
import { capturedBy } from "./analysis.ts";
import type { Group } from "./group.ts";
import type { Fusion } from "./groups.ts";

/** Which group depends on which, by the values that they leave in buffers and by the order that overwriting needs. */
export class GroupOrder {
  readonly #groups: readonly Group[];
  readonly #position: ReadonlyMap<Group, number>;
  readonly #owner = new Map<Value, Group>();
  readonly #reads = new Map<Group, ReadonlySet<Value>>();
  readonly #before = new Map<Group, Set<Group>>();

  constructor({ groups, facts }: Fusion) {
    this.#groups = groups;
    this.#position = new Map(groups.map((group, i) => [group, i]));
    for (const group of groups) for (const value of group.outputs) this.#owner.set(value, group);
    for (const group of groups) {
      const reads = readsOf(group, this.#owner, facts.definitions);
      this.#reads.set(group, reads);
      const before = new Set<Group>();
      for (const value of reads) {
        const owner = this.#owner.get(value);
        if (owner !== undefined && owner !== group) before.add(owner);
      }
      this.#before.set(group, before);
    }
  }

  /** The group that leaves a value in a buffer. */
  ownerOf(value: Value): Group | undefined {
    return this.#owner.get(value);
  }

  readersOf(value: Value): Group[] {
    return this.#groups.filter((group) => this.#reads.get(group)?.has(value));
  }

  /** Makes `group` run after all other groups that read `value`; tells whether that can be. */
  runAfterReaders(group: Group, value: Value): boolean {
    const others = this.readersOf(value).filter((reader) => reader !== group);
    if (others.some((reader) => this.#reaches(reader, group))) return false;
    for (const reader of others) this.#before.get(group)?.add(reader);
    return true;
  }

  /** The groups, each after those that it depends on, else in the order they had. */
  sorted(): Group[] {
    const done = new Set<Group>();
    const visit = (group: Group): void => {
      if (done.has(group)) return;
      const before = [...(this.#before.get(group) ?? [])].filter((other) => !done.has(other));
      for (const other of before.sort((a, b) => this.#at(a) - this.#at(b))) visit(other);
      done.add(group);
    };
    this.#groups.forEach(visit);
    return [...done];
  }

  #at(group: Group): number {
    return this.#position.get(group) ?? 0;
  }

  /** Whether `from` must run after `to`. */
  #reaches(from: Group, to: Group): boolean {
    const seen = new Set<Group>();
    const stack = [from];
    for (let group = stack.pop(); group !== undefined; group = stack.pop()) {
      if (group === to) return true;
      if (seen.has(group)) continue;
      seen.add(group);
      stack.push(...(this.#before.get(group) ?? []));
    }
    return false;
  }
}

/** Values that a group's kernels load: what its operations, and those computed in place for them, do not compute. */
function readsOf(
  group: Group,
  owner: ReadonlyMap<Value, Group>,
  definitions: ReadonlyMap<Value, Operation>,
): Set<Value> {
  const reads = new Set<Value>();
  const seen = new Set<Operation>();
  const visit = (op: Operation): void => {
    if (seen.has(op)) return;
    seen.add(op);
    for (const value of [...op.operands, ...capturedBy(op)]) {
      const definition = definitions.get(value);
      const isElsewhere = owner.has(value) && owner.get(value) !== group;
      if (definition === undefined || isElsewhere) reads.add(value);
      else visit(definition);
    }
  };
  for (const op of group.operations) visit(op);
  return reads;
}
