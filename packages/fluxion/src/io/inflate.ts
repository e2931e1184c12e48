/** Decompression that never allocates more than the compressed bytes can justify. */

import { Gunzip, inflateSync } from "fflate";
import { crc32 } from "./crc32.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import { deflated, flags, methodNames, stored } from "./zip-format.ts";
import type { ZipMember } from "./zip-read.ts";

/** Deflate codes at most 258 bytes in 2 bits, so it cannot shrink data further than this. */
const maxDeflateRatio = 1032;

/** Uncompressed bytes of one array above which `load` asks for consent. */
export const defaultMaxBytes = 2 ** 32;

const damaged = "the archive is truncated or damaged; copy or save it again";

/**
 * The content of a zip member, its checksum verified. Throws `FileFormatError` for encrypted or unknown compression,
 * for sizes that the compressed bytes cannot give, and for content that is not what the archive says.
 */
export function readZipMember(
  archive: Uint8Array,
  member: ZipMember,
  where: Where,
  maxBytes: number = defaultMaxBytes,
): Uint8Array {
  checkReadable(member, where, maxBytes);
  const packed = archive.subarray(member.dataOffset, member.dataOffset + member.compressedSize);
  const content = member.method === stored ? packed : inflateExactly(packed, member.size, where);
  if (crc32(content) !== member.crc) {
    throw new FileFormatError(where, "the checksum of the content is wrong", damaged);
  }
  return content;
}

function checkReadable(member: ZipMember, where: Where, maxBytes: number): void {
  const { method, size, compressedSize } = member;
  if (member.flags & (flags.encrypted | flags.strongEncryption)) {
    throw new FileFormatError(where, "is encrypted", "decrypt the archive first; NumPy writes plain ones");
  }
  if (method !== stored && method !== deflated) {
    const name = methodNames[method] ? `${methodNames[method]} (method ${method})` : `method ${method}`;
    throw new FileFormatError(
      where,
      `is compressed with ${name}; only stored and deflated members can be read`,
      "save it with savez or savezCompressed, or in Python with np.savez_compressed",
    );
  }
  const largest = method === stored ? compressedSize : compressedSize * maxDeflateRatio;
  if (size > largest || (method === stored && size !== compressedSize)) {
    throw new FileFormatError(where, `claims ${size} bytes from ${compressedSize} compressed ones`, damaged);
  }
  if (size > maxBytes) {
    throw new FileFormatError(
      where,
      `takes ${size} bytes unpacked, more than the limit of ${maxBytes}`,
      `if you trust the file, raise the limit: load(file, { maxBytes: ${size} })`,
    );
  }
}

function inflateExactly(packed: Uint8Array, size: number, where: Where): Uint8Array {
  let content: Uint8Array;
  try {
    // One byte more than promised, to see content that is longer; fflate drops what is beyond the buffer.
    content = inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileFormatError(where, `the compressed content is damaged (${why})`, damaged, { cause });
  }
  if (content.length !== size) {
    const found = content.length > size ? `more than ${size}` : String(content.length);
    throw new FileFormatError(where, `unpacks to ${found} bytes, and the archive says ${size}`, damaged);
  }
  return content;
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Compressed bytes handed to the decompressor at a time: bounds what is unpacked ahead of the reader. */
const gzipStep = 16 * 1024;

/** Unpacks gzip data piece by piece, verifying the checksum of every member; throws `FileFormatError`. */
export function* gunzipPieces(packed: Uint8Array, where: Where): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let crc = 0;
  let length = 0;
  const checkTrailer = (stop: number): void => {
    const trailer = new DataView(packed.buffer, packed.byteOffset + stop - 8, 8);
    if (trailer.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== length % 2 ** 32) {
      throw new FileFormatError(where, "the checksum of the gzip content is wrong", damaged);
    }
    crc = 0;
    length = 0;
  };
  const stream = new Gunzip((piece) => {
    if (!piece.length) return;
    crc = crc32(piece, crc);
    length += piece.length;
    pieces.push(piece);
  });
  stream.onmember = checkTrailer;
  for (let at = 0; at < packed.length; at += gzipStep) {
    const final = at + gzipStep >= packed.length;
    unpack(where, () => stream.push(packed.subarray(at, at + gzipStep), final));
    if (final) {
      if (packed.length < 18) throw new FileFormatError(where, "the gzip data is cut off", damaged);
      checkTrailer(packed.length);
    }
    const ready = pieces;
    pieces = [];
    yield* ready;
  }
}

function unpack(where: Where, step: () => void): void {
  try {
    step();
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileFormatError(where, `the gzip data is damaged (${quote(why)})`, damaged, { cause });
  }
}
