/** The order in which `einsum` contracts several operands. */

import type { EinsumSpec } from "./einsum-parse.ts";

/** Positions of the operands of each step in the list at that time; the result goes to its end. */
export type EinsumPath = readonly (readonly number[])[];

/** Labels that a step keeps: those of the result and of the operands left. */
export const keptLabels = (labels: string, others: readonly string[], output: string): string =>
  [...new Set(labels)]
    .filter((name) => output.includes(name) || others.some((other) => other.includes(name)))
    .join("");

const sizeOf = (names: Iterable<string>, sizes: ReadonlyMap<string, number>): number => {
  let size = 1;
  for (const name of names) size *= sizes.get(name) ?? 1;
  return size;
};

/**
 * Greedy: the pair whose result is smallest compared with what it replaces comes first, then the one that costs fewest
 * products. Pairs that share a label come before outer products.
 */
export function greedyPath({ inputs, output, sizes }: EinsumSpec): EinsumPath {
  const terms = [...inputs];
  const path: number[][] = [];
  while (terms.length > 2) {
    const [i, j] = bestPair(terms, output, sizes);
    const others = terms.filter((_, k) => k !== i && k !== j);
    const result = keptLabels(terms[i] + terms[j], others, output);
    terms.splice(j, 1);
    terms.splice(i, 1);
    terms.push(result);
    path.push([i, j]);
  }
  path.push(terms.map((_, k) => k));
  return path;
}

function bestPair(
  terms: readonly string[],
  output: string,
  sizes: ReadonlyMap<string, number>,
): readonly [number, number] {
  let best: readonly [number, number] = [0, 1];
  let bestScore: readonly number[] = [Infinity];
  for (let i = 0; i < terms.length; i++) {
    for (let j = i + 1; j < terms.length; j++) {
      const others = terms.filter((_, k) => k !== i && k !== j);
      const labels = terms[i] + terms[j];
      const size = (names: string): number => sizeOf(new Set(names), sizes);
      const shared = [...terms[i]].some((name) => terms[j].includes(name));
      const growth = size(keptLabels(labels, others, output)) - size(terms[i]) - size(terms[j]);
      const score = [shared ? 0 : 1, growth, size(labels)];
      const at = score.findIndex((value, k) => value !== bestScore[k]);
      if (at >= 0 && score[at] < (bestScore[at] ?? Infinity)) [best, bestScore] = [[i, j], score];
    }
  }
  return best;
}
