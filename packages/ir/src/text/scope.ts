/** Names of values while reading a function; regions see the values around them. */

import type { Value } from "../module.ts";

export class Scope {
  readonly #values = new Map<string, readonly Value[]>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  find(name: string): readonly Value[] | undefined {
    return this.#values.get(name) ?? this.#outer?.find(name);
  }

  /** A name stands for one value, or for a group whose members are `%name#0`, `%name#1`. */
  define(name: string, values: readonly Value[]): void {
    this.#values.set(name, values);
  }
}
