/** Tensor types and lists of them. */

import { type DType, dtypeFromMlir } from "../dtype.ts";
import type { TensorType } from "../tensor-type.ts";
import type { Cursor } from "./cursor.ts";

/** `tensor<2x3xf32>`; encodings behind a comma are ignored. */
export function parseType(cursor: Cursor): TensorType {
  const { token } = cursor;
  if (token.kind !== "type") return refuseType(cursor);
  cursor.next();
  const inner = token.text.slice("tensor<".length, -1).replaceAll(" ", "");
  const shape: number[] = [];
  let at = 0;
  for (let size = leadingSize(inner, at); size !== undefined; size = leadingSize(inner, at)) {
    if (size === "?") cursor.fail("dynamic shapes are not supported: every dimension needs a size", token);
    if (Number(size) > Number.MAX_SAFE_INTEGER) cursor.fail("this dimension is too large", token);
    shape.push(Number(size));
    at += size.length + 1;
  }
  return { dtype: elementType(cursor, inner.slice(at), token), shape };
}

/** `12x` at this place: the digits. */
function leadingSize(text: string, at: number): string | undefined {
  const pattern = /(\d+|\?)x/y;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[1];
}

function elementType(cursor: Cursor, text: string, token: { readonly start: number }): DType {
  const [element] = text.split(",", 1);
  return (
    dtypeFromMlir(element) ??
    cursor.fail(
      `element type '${element}' is not supported: know i1, i8…i64, ui8…ui64, f16, bf16, f32, f64, complex<f32>, complex<f64>`,
      token,
    )
  );
}

function refuseType(cursor: Cursor): never {
  const { kind, text } = cursor.token;
  const known = ["tuple", "vector", "memref"].includes(text) || (kind === "hash" && text.startsWith("!"));
  return known
    ? cursor.fail(`type '${text}' is not supported: values are tensors`)
    : cursor.expected("a tensor type");
}

/** `(T, U)`, `()`, or a single type. */
export function parseTypes(cursor: Cursor): TensorType[] {
  return cursor.accept("(") ? cursor.commaList(")", () => parseType(cursor)) : [parseType(cursor)];
}

/** `(T, U) -> V` */
export function parseFunctionType(cursor: Cursor): { inputs: TensorType[]; outputs: TensorType[] } {
  cursor.expect("(");
  const inputs = cursor.commaList(")", () => parseType(cursor));
  cursor.expect("->");
  return { inputs, outputs: parseTypes(cursor) };
}
