/** Nested brackets with line breaks and summaries, as NumPy's `array2string` lays them out. */

import { type Shape, sizeOf, stridesOf } from "@fluxion/ir";

export interface LayoutOptions {
  readonly separator: string;
  /** Columns of a line, the suffix of the whole text taken off. */
  readonly lineWidth: number;
  /** What stands before the text on its first line. */
  readonly prefix: string;
  /** Arrays with more elements are summarised. */
  readonly threshold: number;
  /** Elements shown at each end of a summarised dimension. */
  readonly edgeItems: number;
}

/** Marks a gap in a list of shown indices. */
const gap = -1;

/** Indices of a dimension that are printed. */
function shownIndices(size: number, summarise: boolean, edgeItems: number): number[] {
  if (!summarise || size <= 2 * edgeItems) return Array.from({ length: size }, (_, i) => i);
  const head = Array.from({ length: edgeItems }, (_, i) => i);
  return [...head, gap, ...head.map((i) => size - edgeItems + i)];
}

const shownPerAxis = (shape: Shape, { threshold, edgeItems }: LayoutOptions): number[][] => {
  const summarise = sizeOf(shape) > threshold;
  return shape.map((size) => shownIndices(size, summarise, edgeItems));
};

/** Offsets of the elements that are printed: they alone decide the widths. */
export function shownOffsets(shape: Shape, options: LayoutOptions): number[] {
  const strides = stridesOf(shape);
  return shownPerAxis(shape, options).reduce<number[]>(
    (offsets, indices, axis) =>
      offsets.flatMap((offset) => indices.filter((i) => i !== gap).map((i) => offset + i * strides[axis])),
    [0],
  );
}

/** Lays out an array with at least one element; `format` prints the element at an offset. */
export function layOut(shape: Shape, format: (offset: number) => string, options: LayoutOptions): string {
  const shown = shownPerAxis(shape, options);
  const strides = stridesOf(shape);
  const nest = (axis: number, offset: number, indent: string, width: number): string => {
    if (axis === shape.length) return format(offset);
    const item = (i: number): string =>
      i === gap ? "..." : nest(axis + 1, offset + i * strides[axis], `${indent} `, width - 1);
    const body =
      axis === shape.length - 1
        ? wrapLine(shown[axis].map(item), indent, width, options.separator)
        : stackRows(shown[axis].map(item), indent, options.separator, shape.length - axis - 1);
    return `[${body.slice(indent.length)}]`;
  };
  return nest(0, 0, ` ${" ".repeat(options.prefix.length)}`, options.lineWidth);
}

/** Words on lines of at most `width` columns, closing bracket or separator included. */
function wrapLine(words: readonly string[], indent: string, width: number, separator: string): string {
  const limit = width - Math.max(separator.trimEnd().length, 1);
  let done = "";
  let line = indent;
  words.forEach((word, i) => {
    if (line.length + word.length > limit && line.length > indent.length) {
      done += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += i === words.length - 1 ? word : word + separator;
  });
  return done + line;
}

const stackRows = (rows: readonly string[], indent: string, separator: string, depth: number): string =>
  rows.map((row) => indent + row).join(separator.trimEnd() + "\n".repeat(depth));
