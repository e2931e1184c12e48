/** Names of a function's parameters, read from its source text; error messages call arguments by them. */

import { leafPaths, type TreeDef } from "./tree.ts";

/** Parameter names; a destructured or defaulted one is given by its text up to `=`. */
export function parameterNames(fn: { toString(): string }): string[] {
  const text = fn.toString();
  const single = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(text);
  if (single !== null) return [single[1]];
  const open = text.indexOf("(");
  const close = open < 0 ? -1 : matchingParenthesis(text, open);
  return close < 0 ? [] : splitTopLevel(text.slice(open + 1, close)).map((part) => part.split("=")[0].trim());
}

function matchingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if ("([{".includes(text[i])) depth++;
    if (")]}".includes(text[i]) && --depth === 0) return i;
  }
  return -1;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if ("([{".includes(text[i])) depth++;
    if (")]}".includes(text[i])) depth--;
    if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.filter((part) => part.trim() !== "");
}

/** Name of every dynamic leaf: `x`, `params['w']`. */
export function leafNames(
  names: readonly string[],
  treedefs: readonly (TreeDef | undefined)[],
  statics: ReadonlySet<number>,
): string[] {
  // Not `treedefs.flatMap`, which skips the holes that stand for plain arrays.
  return Array.from(treedefs, (treedef, i) => {
    if (statics.has(i)) return [];
    const name = /^[A-Za-z_$][\w$]*$/.test(names[i] ?? "") ? names[i] : `args[${i}]`;
    return treedef === undefined ? [name] : leafPaths(treedef).map((path) => name + path);
  }).flat();
}
