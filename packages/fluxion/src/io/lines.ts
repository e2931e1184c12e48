/** Text files as lines: decoding, gzip, and Python's universal newlines, in bounded memory. */

import { FileFormatError, quote, type Where } from "./errors.ts";
import { gunzipPieces, isGzip } from "./inflate.ts";
import { hasNpyMagic } from "./npy-header.ts";

/** Text: the bytes of a file (gzip is unpacked), its lines, or all of it as a string. */
export type TextSource = Uint8Array | readonly string[] | { readonly text: string };

/** Bytes decoded at a time. */
const step = 1 << 20;
/** Characters that one line may have. */
const maxLine = 1 << 28;

const compressors: readonly (readonly [readonly number[], string])[] = [
  [[0x42, 0x5a, 0x68], "bzip2"],
  [[0xfd, 0x37, 0x7a, 0x58], "xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstandard"],
];

/** The lines without their ends. Throws `FileFormatError` for bytes that are not text in this encoding. */
export function* readLines(source: TextSource, where: Where, encoding = "utf-8"): Generator<string> {
  if (source instanceof Uint8Array) {
    yield* splitLines(decode(source, where, encoding), where);
  } else if (isLines(source)) {
    yield* checkedLines(source, where);
  } else {
    yield* splitLines([source.text], where);
  }
}

const isLines = (source: TextSource): source is readonly string[] => Array.isArray(source);

function* checkedLines(lines: readonly string[], where: Where): Generator<string> {
  for (const [i, line] of lines.entries()) {
    const bare = line.replace(/\r?\n$|\r$/, "");
    if (/[\r\n]/.test(bare)) {
      throw new FileFormatError(
        where,
        `line ${i} of the array holds a line break`,
        "pass whole files as { text }",
      );
    }
    yield bare;
  }
}

function* splitLines(texts: Iterable<string>, where: Where): Generator<string> {
  let pending: string[] = [];
  let length = 0;
  let heldReturn = "";
  for (const text of texts) {
    let piece = heldReturn + text;
    heldReturn = piece.endsWith("\r") ? "\r" : ""; // its "\n" may come with the next piece
    if (heldReturn) piece = piece.slice(0, -1);
    const lines = piece.includes("\r") ? piece.split(/\r\n|\n|\r/) : piece.split("\n");
    const last = lines.pop() ?? "";
    if (lines.length) {
      lines[0] = pending.join("") + lines[0];
      yield* lines;
      pending = [];
      length = 0;
    }
    pending.push(last);
    length += last.length;
    if (length > maxLine) {
      throw new FileFormatError(where, `a line has more than ${maxLine} characters`, "is this a text file?");
    }
  }
  const rest = pending.join("");
  if (rest || heldReturn) yield rest;
}

function* decode(bytes: Uint8Array, where: Where, encoding: string): Generator<string> {
  if (hasNpyMagic(bytes)) throw new FileFormatError(where, "is a .npy file, not text", "read it with load");
  const packed = compressors.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (packed)
    throw new FileFormatError(where, `is compressed with ${packed[1]}`, "decompress it first, or use gzip");
  const pieces = isGzip(bytes) ? gunzipPieces(bytes, where) : [bytes];
  const decoder = makeDecoder(encoding);
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += step) yield decoder(piece.subarray(at, at + step), true);
    }
    yield decoder(new Uint8Array(0), false);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const help = 'give the encoding it has: { encoding: "latin1" }, { encoding: "utf-16le" }, …';
    throw new FileFormatError(where, `is not text in the encoding ${quote(encoding)}`, help, { cause });
  }
}

/** `TextDecoder` understands "latin1" as Windows-1252; here it is what Python means, byte n → code point n. */
function makeDecoder(encoding: string): (bytes: Uint8Array, more: boolean) => string {
  if (/^(latin-?1|iso-?8859-?1)$/i.test(encoding)) return latin1;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(`unknown encoding ${quote(encoding)}; "utf-8" and "latin1" are the usual ones`, {
      cause,
    });
  }
  return (bytes, more) => decoder.decode(copyIfShared(bytes), { stream: more });
}

/** Browsers refuse to decode shared memory. */
const copyIfShared = (bytes: Uint8Array): Uint8Array =>
  bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
