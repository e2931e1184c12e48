/** Names of SSA values in one function: hints where they are free, numbers otherwise. */

import type { Operation, Value } from "../module.ts";
import { valueName } from "./syntax.ts";

/**
 * Every name is given once in a function, so that reading the text back finds each hint free and prints the same text.
 */
export class Names {
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();
  #nextNumber = 0;
  #nextArgument = 0;

  /** The name of a value with its `%`; a value not yet declared is named where it is first used. */
  of(value: Value): string {
    return this.#names.get(value) ?? this.#declare(value, this.#claim(value.hint) ?? this.#number());
  }

  /** Names a block argument. */
  argument(value: Value, fallback = `arg${this.#nextArgument++}`): string {
    return this.#declare(value, this.#claim(value.hint ?? fallback) ?? this.#number());
  }

  /** Gives a second value the name of a first: `while` writes the arguments of its two regions once. */
  alias(value: Value, named: Value): void {
    this.#names.set(value, this.of(named));
  }

  /** Names the results of an operation; the text left of its `=`, or "" when it has none. */
  results(operation: Operation): string {
    const { results } = operation;
    if (results.length === 0) return "";
    if (results.length === 1 || results.every(({ hint }) => hint !== undefined)) {
      const names = results.map((result) =>
        this.#declare(result, this.#claim(result.hint ?? defaultHint(operation)) ?? this.#number()),
      );
      return `${names.join(", ")} = `;
    }
    const group = this.#claim(results[0].hint) ?? this.#number();
    results.forEach((result, index) => {
      this.#names.set(result, `${group}#${index}`);
    });
    return `${group}:${results.length} = `;
  }

  #declare(value: Value, name: string): string {
    this.#names.set(value, name);
    return name;
  }

  #number(): string {
    return `%${this.#nextNumber++}`;
  }

  /** A free name made from the hint; numbers are left to the counter. */
  #claim(hint: string | undefined): string | undefined {
    if (hint === undefined || !valueName.test(hint) || /^\d/.test(hint)) return undefined;
    let name = hint;
    for (let suffix = 0; this.#taken.has(name); suffix++) name = `${hint}_${suffix}`;
    this.#taken.add(name);
    return `%${name}`;
  }
}

/** Constants are named as MLIR names them: `%cst` for floats and complex numbers, `%c` for the rest. */
function defaultHint(operation: Operation): string | undefined {
  if (operation.opcode !== "constant") return undefined;
  const { dtype } = operation.results[0].type;
  return dtype.includes("float") || dtype.includes("complex") ? "cst" : "c";
}
