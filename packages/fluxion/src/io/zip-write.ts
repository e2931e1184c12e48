/** Writes zip archives as Python's `zipfile` does for `np.savez`: stored archives are equal byte for byte. */

import { deflateSync } from "fflate";
import { crc32 } from "./crc32.ts";
import {
  deflated,
  flags,
  recordBytes,
  see64,
  see64Short,
  signatures,
  stored,
  zip64Tag,
} from "./zip-format.ts";

export interface ZipInput {
  readonly name: string;
  /** The content in pieces. */
  readonly pieces: readonly Uint8Array[];
}

export interface ZipWriteOptions {
  readonly compress: boolean;
  /** Numbers above this go into zip64 records; Python's limit unless a test lowers it. */
  readonly zip64Above?: number;
}

interface Written {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

/** 4.5: the version of the specification that knows zip64. */
const version = 45;
const unix = 3;
/** 1980-01-01, the first day that the format can name: archives of equal content are equal. */
const date = 0x21;
/** Permissions rw------- in the upper half, as Python writes. */
const attributes = 0o600 << 16;

/** The archive in pieces. Names are taken as they are. */
export function writeZip(inputs: readonly ZipInput[], options: ZipWriteOptions): Uint8Array[] {
  const limit = options.zip64Above ?? 2 ** 31 - 1;
  const pieces: Uint8Array[] = [];
  const written: Written[] = [];
  let offset = 0;
  const emit = (piece: Uint8Array): void => {
    pieces.push(piece);
    offset += piece.length;
  };
  for (const { name, pieces: content } of inputs) {
    const encoded = new TextEncoder().encode(name);
    const size = content.reduce((n, piece) => n + piece.length, 0);
    const packed = options.compress ? [deflateSync(join(content, size), { level: 6 })] : content;
    const member: Written = {
      name: encoded,
      flags: encoded.length === name.length ? 0 : flags.utf8,
      method: options.compress ? deflated : stored,
      crc: content.reduce((crc, piece) => crc32(piece, crc), 0),
      size,
      compressedSize: packed.reduce((n, piece) => n + piece.length, 0),
      offset,
    };
    written.push(member);
    emit(localHeader(member));
    packed.forEach(emit);
  }
  const start = offset;
  for (const member of written) emit(centralHeader(member, limit));
  emit(endRecords(written.length, start, offset - start, limit));
  return pieces;
}

/** Joins pieces to one array of `size` bytes. */
export function join(
  pieces: readonly Uint8Array[],
  size = pieces.reduce((n, p) => n + p.length, 0),
): Uint8Array {
  const joined = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Little-endian fields: [width in bytes, value]. */
type Field = readonly [2 | 4 | 8, number];

function record(fields: readonly Field[], ...tail: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(fields.reduce((n, [width]) => n + width, 0));
  const view = new DataView(head.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return join([head, ...tail]);
}

const zip64Field = (values: readonly number[]): Uint8Array =>
  record([[2, zip64Tag], [2, 8 * values.length], ...values.map((value) => [8, value] as const)]);

/** Sizes always go into a zip64 field here, as NumPy makes Python do. */
function localHeader(member: Written): Uint8Array {
  const extra = zip64Field([member.size, member.compressedSize]);
  return record(
    [
      [4, signatures.local],
      [2, version],
      [2, member.flags],
      [2, member.method],
      [2, 0],
      [2, date],
      [4, member.crc],
      [4, see64],
      [4, see64],
      [2, member.name.length],
      [2, extra.length],
    ],
    member.name,
    extra,
  );
}

function centralHeader(member: Written, limit: number): Uint8Array {
  const bigSizes = member.size > limit || member.compressedSize > limit;
  const bigOffset = member.offset > limit;
  const wide = [
    ...(bigSizes ? [member.size, member.compressedSize] : []),
    ...(bigOffset ? [member.offset] : []),
  ];
  const extra = wide.length ? zip64Field(wide) : new Uint8Array(0);
  return record(
    [
      [4, signatures.central],
      [2, version | (unix << 8)],
      [2, version],
      [2, member.flags],
      [2, member.method],
      [2, 0],
      [2, date],
      [4, member.crc],
      [4, bigSizes ? see64 : member.compressedSize],
      [4, bigSizes ? see64 : member.size],
      [2, member.name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, attributes],
      [4, bigOffset ? see64 : member.offset],
    ],
    member.name,
    extra,
  );
}

function endRecords(count: number, start: number, size: number, limit: number): Uint8Array {
  const wide = count > Math.min(limit, see64Short) || start > limit || size > limit;
  const end = record([
    [4, signatures.end],
    [2, 0],
    [2, 0],
    [2, Math.min(count, see64Short)],
    [2, Math.min(count, see64Short)],
    [4, Math.min(size, see64)],
    [4, Math.min(start, see64)],
    [2, 0],
  ]);
  if (!wide) return end;
  const end64 = record([
    [4, signatures.end64],
    [8, recordBytes.end64 - 12],
    [2, version],
    [2, version],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start],
  ]);
  const locator = record([
    [4, signatures.locator64],
    [4, 0],
    [8, start + size],
    [4, 1],
  ]);
  return join([end64, locator, end]);
}
