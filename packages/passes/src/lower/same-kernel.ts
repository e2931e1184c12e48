/** Kernels that do the same to other buffers are one kernel: layers of a network, unrolled steps. */

import { kernel as k } from "@fluxion/ir";

/** A short text that equal kernels share. */
export function outline(kernel: k.Kernel): string {
  const buffers = kernel.buffers.map(({ dtype, elements, access }) => `${dtype} ${elements} ${access}`);
  const { length } = kernel.kind === "gemm" ? kernel.epilogue : kernel.body;
  return `${kernel.kind} ${length} ${buffers.join()}`;
}

/** Whether two kernels differ in names and origins only. */
export const sameKernel = (
  { name: _, origin: __, ...a }: k.Kernel,
  { name: ___, origin: ____, ...b }: k.Kernel,
): boolean => new Comparison().same(a, b);

type Named = k.BufferRef | k.Tile | k.Local | k.LoopVar;

const isNamed = (value: object): value is Named =>
  value instanceof k.BufferRef ||
  value instanceof k.Tile ||
  value instanceof k.Local ||
  value instanceof k.LoopVar;

class Comparison {
  /** What stands in the second kernel for buffers and variables of the first. */
  readonly #twins = new Map<Named, Named>();
  readonly #taken = new Set<Named>();

  same(a: unknown, b: unknown): boolean {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
    if (Array.isArray(a)) return Array.isArray(b) && this.#sameLists(a, b);
    if (!isNamed(a)) return !isNamed(b) && this.#sameFields(a, b);
    if (!isNamed(b)) return false;
    const twin = this.#twins.get(a);
    if (twin !== undefined || this.#taken.has(b)) return twin === b;
    this.#twins.set(a, b);
    this.#taken.add(b);
    return a.constructor === b.constructor && this.#sameFields(a, b, "name");
  }

  #sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
    return a.length === b.length && a.every((value, i) => this.same(value, b[i]));
  }

  #sameFields(a: object, b: object, except?: string): boolean {
    const names = Object.keys(a);
    const others = b as Record<string, unknown>;
    if (names.length !== Object.keys(b).length) return false;
    return names.every(
      (name) =>
        name === except || (name in others && this.same((a as Record<string, unknown>)[name], others[name])),
    );
  }
}
