/**
 * A pretty printer in the manner of Wadler and Lindig ("A prettier printer", "Strictly pretty"): a group is printed on
 * one line if it fits and otherwise breaks at all of its own breaks. As in JAX, only the group itself has to fit, not
 * what follows it on the line.
 */

export type Doc =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break"; readonly flat: string }
  | { readonly kind: "concat"; readonly parts: readonly Doc[] }
  | { readonly kind: "group"; readonly inner: Doc }
  | { readonly kind: "nest"; readonly by: number; readonly inner: Doc };

export const text = (value: string): Doc => ({ kind: "text", text: value });
/** A place to break the line; on one line it is `flat`. */
export const lineBreak = (flat = " "): Doc => ({ kind: "break", flat });
export const concat = (...parts: readonly Doc[]): Doc => ({ kind: "concat", parts });
export const group = (...parts: readonly Doc[]): Doc => ({ kind: "group", inner: concat(...parts) });
/** Indents the lines after breaks inside. */
export const nest = (by: number, ...parts: readonly Doc[]): Doc => ({
  kind: "nest",
  by,
  inner: concat(...parts),
});
export const join = (separator: Doc, parts: readonly Doc[]): Doc =>
  concat(...parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])));

/** Width of a document on one line. */
function flatWidth(doc: Doc): number {
  switch (doc.kind) {
    case "text":
      return doc.text.length;
    case "break":
      return doc.flat.length;
    case "concat":
      return doc.parts.reduce((sum, part) => sum + flatWidth(part), 0);
    default:
      return flatWidth(doc.inner);
  }
}

/** The document as text with lines of at most `width` columns where breaks allow it. */
export function render(document: Doc, width = 80): string {
  let out = "";
  let column = 0;
  const write = (value: string): void => {
    out += value;
    column += value.length;
  };
  const print = (doc: Doc, indent: number, flat: boolean): void => {
    if (doc.kind === "text") write(doc.text);
    else if (doc.kind === "concat") for (const part of doc.parts) print(part, indent, flat);
    else if (doc.kind === "nest") print(doc.inner, indent + doc.by, flat);
    else if (doc.kind === "group") {
      print(doc.inner, indent, flat || column + flatWidth(doc.inner) <= width);
    } else if (flat) write(doc.flat);
    else {
      out += `\n${" ".repeat(indent)}`;
      column = indent;
    }
  };
  print(document, 0, false);
  return out;
}
