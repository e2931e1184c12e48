/** Reads the subscripts of `einsum`: labels of each operand's axes and of the result's. */

import { formatShape } from "@fluxion/ir";
import { rangeError, typeError } from "../core/user-error.ts";

/** Labels are single characters; an ellipsis has been replaced by labels of its own. */
export interface EinsumSpec {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly sizes: ReadonlyMap<string, number>;
}

type Shape = readonly number[];

/** Letters first, then whatever code points come next: enough labels for lists of integers and for ellipses. */
const label = (i: number): string =>
  i < 26 ? String.fromCharCode(97 + i) : i < 52 ? String.fromCharCode(39 + i) : String.fromCodePoint(140 + i);

/** Subscripts text from the form `einsum(x, [0, 1], y, [1, 2], [0, 2])`. */
export function subscriptsOf(lists: readonly (readonly unknown[])[], output?: readonly unknown[]): string {
  const text = (list: readonly unknown[]): string =>
    list
      .map((entry) => {
        if (entry === "..." || entry === null) return "...";
        if (typeof entry === "number" && Number.isInteger(entry) && entry >= 0) return label(entry);
        throw typeError("For this input type lists must contain either int or '...'");
      })
      .join("");
  const inputs = lists.map(text).join(",");
  return output === undefined ? inputs : `${inputs}->${text(output)}`;
}

/** Replaces `...` by the last labels of `names`, as many as the operand has axes to spare. */
function expandEllipsis(term: string, ndim: number, names: readonly string[]): string {
  if (!term.includes("...")) return term;
  const count = ndim - (term.length - 3);
  if (count < 0)
    throw rangeError(`Ellipsis lengths do not match: "${term}" has more labels than axes (${ndim}).`);
  return term.replace("...", names.slice(names.length - count).join(""));
}

const ellipsisRank = (term: string, ndim: number): number =>
  term.includes("...") ? ndim - (term.length - 3) : 0;

/** Sorted labels that appear once, as NumPy's implicit output has them. */
function implicitOutput(inputs: readonly string[], ellipsis: string): string {
  const all = [...inputs.join("")].filter((name) => !ellipsis.includes(name));
  const once = all.filter((name) => all.indexOf(name) === all.lastIndexOf(name));
  return ellipsis + once.sort().join("");
}

function checkTerm(term: string, ndim: number, position: number): void {
  const labels = term.replace("...", "");
  const bad = [...labels].find((name) => /[\s.,>-]/.test(name));
  if (bad !== undefined) throw rangeError(`Character '${bad}' is not a valid symbol.`);
  if (!term.includes("...") && [...labels].length !== ndim) {
    throw rangeError(
      `Einstein sum subscript '${term}' does not contain the correct number of indices for operand ${position} of rank ${ndim}.`,
    );
  }
}

/** Size of each label. @throws RangeError if two axes of one label differ and neither is 1. */
function labelSizes(inputs: readonly string[], shapes: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((names, operand) => {
    [...names].forEach((name, axis) => {
      const size = shapes[operand][axis];
      const known = sizes.get(name) ?? 1;
      if (known !== 1 && size !== 1 && size !== known)
        throw rangeError(
          `Size of label '${name}' for operand ${operand} (${size}) does not match previous terms (${known}).`,
        );
      if (known === 1) sizes.set(name, size);
    });
  });
  return sizes;
}

/**
 * Reads subscripts for operands of the given shapes.
 * @throws RangeError if they do not fit, with a sentence that says which.
 */
export function parseEinsum(subscripts: string, shapes: readonly Shape[]): EinsumSpec {
  const text = subscripts.replace(/\s/g, "");
  const [left, right, ...more] = text.split("->");
  if (more.length > 0) throw rangeError("Subscripts can only contain one '->'.");
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw rangeError(
      `Number of einsum subscripts, ${terms.length}, must be equal to the number of operands, ${shapes.length}.`,
    );
  }
  terms.forEach((term, i) => {
    checkTerm(term, shapes[i].length, i);
  });
  const rank = Math.max(0, ...terms.map((term, i) => ellipsisRank(term, shapes[i].length)));
  const used = new Set(text);
  const names: string[] = [];
  for (let i = 0; names.length < rank; i++) if (!used.has(label(i))) names.push(label(i));
  const inputs = terms.map((term, i) => expandEllipsis(term, shapes[i].length, names));
  const output =
    right === undefined ? implicitOutput(inputs, names.join("")) : right.replace("...", names.join(""));
  checkOutput(output, inputs, shapes);
  return { inputs, output, sizes: labelSizes(inputs, shapes) };
}

function checkOutput(output: string, inputs: readonly string[], shapes: readonly Shape[]): void {
  const labels = [...output];
  const twice = labels.find((name, i) => labels.indexOf(name) !== i);
  if (twice !== undefined)
    throw rangeError(`Output character '${twice}' appeared more than once in the output.`);
  const unknown = labels.find((name) => !inputs.some((names) => names.includes(name)));
  if (unknown !== undefined)
    throw rangeError(
      `Output character '${unknown}' did not appear in the input, whose shapes are ${shapes.map(formatShape).join(", ")}.`,
    );
}
