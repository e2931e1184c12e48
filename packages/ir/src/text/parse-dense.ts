/** Dense constants: nested lists, splats, and the hexadecimal string of all bytes. */

import { type DType, dtypeTable, isComplex, isFloat, realPart } from "../dtype.ts";
import {
  allocateStorage,
  entriesPerElement,
  type Literal,
  literal,
  storageFromBytes,
  type TypedArray,
} from "../literal.ts";
import { toStorage } from "../scalar.ts";
import { formatShape, formatType, type Shape, sameShape, sizeOf, type TensorType } from "../tensor-type.ts";
import type { Cursor } from "./cursor.ts";
import type { Token } from "./lexer.ts";
import { parseType } from "./parse-types.ts";

/** One number as it stands in the text. */
interface Entry {
  readonly token: Token;
  readonly negative: boolean;
}

/** What stands between `dense<` and `>`, not yet read as a type. */
interface Elements {
  readonly entries: Entry[];
  /** Entries are pairs. */
  complex: boolean;
  /** Undefined for a splat. */
  shape: Shape | undefined;
}

/** Elements whose type is not known yet. */
export type Unread = (type: TensorType) => Literal;

/** `dense<…> : type` */
export function parseDense(cursor: Cursor): Literal {
  const unread = parseDenseAs(cursor);
  cursor.expect(":");
  return unread(parseType(cursor));
}

/** `dense<…>`; the type comes later in the text. */
export function parseDenseAs(cursor: Cursor): Unread {
  const start = cursor.token;
  if (start.text === "dense_resource" || start.text === "sparse")
    cursor.fail(`'${start.text}' constants are not supported: write the elements as dense<…>`);
  cursor.expect("dense");
  cursor.expect("<");
  const hex = cursor.token.kind === "string" ? cursor.next() : undefined;
  const elements = hex === undefined && !cursor.is(">") ? parseElements(cursor) : undefined;
  cursor.expect(">");
  return (type) => {
    if (hex !== undefined) return fromHex(cursor, hex, type);
    if (elements !== undefined) return fromElements(cursor, elements, type, start);
    if (sizeOf(type.shape) !== 0) cursor.fail(`dense<> holds no elements for ${formatType(type)}`, start);
    return literal(type.dtype, type.shape, allocateStorage(type.dtype, 0));
  };
}

function parseElements(cursor: Cursor): Elements {
  const elements: Elements = { entries: [], complex: false, shape: undefined };
  if (cursor.is("[")) elements.shape = parseNested(cursor, elements);
  else parseElement(cursor, elements);
  return elements;
}

/** Reads one bracketed list and gives its shape; rows must agree. */
function parseNested(cursor: Cursor, elements: Elements): Shape {
  return cursor.nested(() => {
    const open = cursor.expect("[");
    let inner: Shape | undefined;
    const shapes = cursor.commaList("]", () => {
      if (!cursor.is("[")) return parseElement(cursor, elements);
      return parseNested(cursor, elements);
    });
    for (const shape of shapes) {
      inner ??= shape;
      if (!sameShape(inner, shape))
        cursor.fail(
          `rows of this list have different shapes: ${formatShape(inner)} and ${formatShape(shape)}`,
          open,
        );
    }
    return [shapes.length, ...(inner ?? [])];
  });
}

const scalarShape: Shape = [];

function parseElement(cursor: Cursor, elements: Elements): Shape {
  if (cursor.accept("(")) {
    elements.complex = true;
    elements.entries.push(parseNumber(cursor));
    cursor.expect(",");
    elements.entries.push(parseNumber(cursor));
    cursor.expect(")");
  } else elements.entries.push(parseNumber(cursor));
  return scalarShape;
}

function parseNumber(cursor: Cursor): Entry {
  const negative = cursor.accept("-");
  const { token } = cursor;
  const boolean = token.kind === "bare" && (token.text === "true" || token.text === "false") && !negative;
  if (!boolean && token.kind !== "integer" && token.kind !== "float")
    cursor.expected("a number, true or false");
  return { token: cursor.next(), negative };
}

function fromElements(cursor: Cursor, elements: Elements, type: TensorType, start: Token): Literal {
  const { dtype, shape } = type;
  if (elements.shape !== undefined && !sameShape(elements.shape, shape))
    cursor.fail(`the list has shape ${formatShape(elements.shape)}, its type is ${formatType(type)}`, start);
  if (elements.complex !== isComplex(dtype))
    cursor.fail(`${formatType(type)} needs ${isComplex(dtype) ? "(re, im) pairs" : "single numbers"}`, start);
  const part = realPart(dtype);
  const data = allocateStorage(dtype, elements.entries.length / entriesPerElement(dtype)) as TypedArray;
  const out = data as unknown as (number | bigint)[];
  elements.entries.forEach((entry, index) => {
    out[index] = isFloat(part) ? floatEntry(cursor, entry, part) : integerEntry(cursor, entry, part);
  });
  const empty = elements.shape === undefined && sizeOf(shape) === 0;
  return empty ? literal(dtype, shape, allocateStorage(dtype, 0)) : literal(dtype, shape, data);
}

const bits = new DataView(new ArrayBuffer(8));

/** A decimal is read as double, then rounded; `0x…` is the bits of the value. */
function floatEntry(cursor: Cursor, { token, negative }: Entry, dtype: DType): number | bigint {
  if (token.kind === "float") return toStorage(dtype, Number(token.text) * (negative ? -1 : 1))[0];
  const { bytes } = dtypeTable[dtype];
  if (token.kind !== "integer" || !token.text.startsWith("0x") || negative)
    cursor.fail(
      `${dtypeTable[dtype].mlir} elements are written with a point (1.0) or as raw bits (0x…)`,
      token,
    );
  const raw = BigInt(token.text);
  if (raw >= 1n << BigInt(8 * bytes))
    cursor.fail(`these bits exceed the ${8 * bytes} of ${dtypeTable[dtype].mlir}`, token);
  if (dtype === "float16" || dtype === "bfloat16") return Number(raw);
  if (dtype === "float64") {
    bits.setBigUint64(0, raw);
    return bits.getFloat64(0);
  }
  bits.setUint32(0, Number(raw));
  return bits.getFloat32(0);
}

/** Signless integers take the values of both readings, signed and unsigned. */
function integerEntry(cursor: Cursor, { token, negative }: Entry, dtype: DType): number | bigint {
  const { kind, bits: width, mlir } = dtypeTable[dtype];
  if (token.kind === "bare") {
    if (dtype !== "bool") cursor.fail(`'${token.text}' is no ${mlir}`, token);
    return token.text === "true" ? 1 : 0;
  }
  if (token.kind === "float") cursor.fail(`${mlir} elements are integers`, token);
  const size = BigInt(token.text);
  const value = negative ? -size : size;
  const least = kind === "uint" ? 0n : -(1n << BigInt(width - 1));
  if (value < least || value >= 1n << BigInt(width)) cursor.fail(`${value} does not fit ${mlir}`, token);
  if (dtype === "bool") return value === 0n ? 0 : 1;
  return dtype === "int64" ? BigInt.asIntN(64, value) : dtype === "uint64" ? value : Number(value);
}

/** All bytes, little-endian and row-major; those of one element are a splat. */
function fromHex(cursor: Cursor, token: Token, type: TensorType): Literal {
  const bytes = hexBytes(token.text);
  if (bytes === undefined) cursor.fail("expected 0x and an even number of hex digits", token);
  const { bytes: width } = dtypeTable[type.dtype];
  const size = sizeOf(type.shape);
  if (bytes.length !== size * width && (bytes.length !== width || size === 0))
    cursor.fail(
      `${formatType(type)} takes ${size * width} bytes, or ${width} for a splat; the string has ${bytes.length}`,
      token,
    );
  const data = type.dtype === "bool" ? bytes.map((byte) => (byte === 0 ? 0 : 1)) : bytes;
  return literal(type.dtype, type.shape, storageFromBytes(type.dtype, data));
}

/** Value of a hex digit by its character code; −1 for other characters. */
const digitValues = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

function hexBytes(text: string): Uint8Array | undefined {
  if (!text.startsWith("0x") || text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = digitValues[text.charCodeAt(2 * i + 2)] ?? -1;
    const low = digitValues[text.charCodeAt(2 * i + 3)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
