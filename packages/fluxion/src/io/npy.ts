/** The `.npy` format: one array per file. */

import { FileFormatError, type Where } from "./errors.ts";
import {
  bytesOf,
  checkHostArray,
  elementCount,
  type HostArray,
  itemBytes,
  laneBytes,
  lanes,
  type Storage,
  shapeText,
  viewStorage,
} from "./host-array.ts";
import { decodeNpyHeader, encodeNpyHeader, type NpyHeader, type NpyVersion } from "./npy-header.ts";
import { fortranToRowMajor, swapBytes } from "./order.ts";

export interface EncodeNpyOptions {
  /** Store the first index fastest, as NumPy does for arrays that lie so in memory. Default false. */
  readonly fortranOrder?: boolean;
  /** Version of the format; NumPy takes the oldest that can hold the header, and 1 holds every one of ours. */
  readonly version?: NpyVersion;
}

/** The array in `.npy` format, as the pieces that make up the file one after another. Assumes a little-endian machine. */
export function encodeNpy(array: HostArray, options: EncodeNpyOptions = {}): Uint8Array[] {
  checkHostArray(array);
  const { dtype, shape, data } = array;
  const sizes = shape.filter((d) => d !== 1);
  // An array that lies the same way in both orders is row-major to NumPy.
  const fortran = Boolean(options.fortranOrder) && sizes.length > 1 && elementCount(sizes) > 0;
  const stored = fortran ? fortranToRowMajor<Storage>(data, shape.toReversed(), lanes(dtype)) : data;
  return [encodeNpyHeader(dtype, shape, fortran, options.version ?? 1), bytesOf(stored)];
}

export interface DecodeNpyOptions {
  /** Accept bytes after the array, as NumPy does; files with several arrays one after another have them. */
  readonly ignoreTrailing?: boolean;
}

/**
 * Reads one array in `.npy` format. The result may share memory with `bytes`. Throws `FileFormatError` for a file that
 * is truncated, contradicts itself or holds what no array can.
 */
export function decodeNpy(bytes: Uint8Array, where: Where, options: DecodeNpyOptions = {}): HostArray {
  const header = decodeNpyHeader(bytes, where);
  const { dtype, shape } = header;
  const body = bytes.subarray(header.dataOffset);
  const count = checkSize(header, body.length, where, options.ignoreTrailing ?? false);
  let data = storageOf(header, body.subarray(0, count * itemBytes(dtype)), count);
  if (header.fortranOrder) data = fortranToRowMajor<Storage>(data, shape, lanes(dtype));
  return { dtype, shape, data: dtype === "bool" ? normaliseBools(data) : data };
}

/** The number of elements, after checking that the file holds as many bytes as the header claims. */
function checkSize(
  { dtype, shape }: NpyHeader,
  found: number,
  where: Where,
  ignoreTrailing: boolean,
): number {
  const extent = shape.reduce((n, d) => n * BigInt(d || 1), BigInt(itemBytes(dtype)));
  if (extent > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new FileFormatError(
      where,
      `the header says ${shapeText(shape)} ${dtype}, more than any memory holds`,
      "the header is damaged; write the file again with np.save",
    );
  }
  const claimed = shape.includes(0) ? 0n : extent;
  if (claimed > BigInt(found)) {
    throw new FileFormatError(
      where,
      `the header says ${shapeText(shape)} ${dtype}, which takes ${claimed} bytes, but ${found} follow`,
      "the file is truncated or its header is wrong; copy or save it again",
    );
  }
  if (claimed < BigInt(found) && !ignoreTrailing) {
    throw new FileFormatError(
      where,
      `the header says ${shapeText(shape)} ${dtype}, which takes ${claimed} bytes, but ${found} follow`,
      "the header is wrong, or several arrays were saved one after another; " +
        "{ ignoreTrailing: true } reads the first one",
    );
  }
  return Number(claimed) / itemBytes(dtype);
}

/** Views the bytes where they lie if they are aligned and little-endian; else copies them. */
function storageOf({ dtype, bigEndian }: NpyHeader, bytes: Uint8Array, count: number): Storage {
  const width = laneBytes(dtype);
  if (!bigEndian && bytes.byteOffset % width === 0) {
    return viewStorage(dtype, bytes.buffer, bytes.byteOffset, count);
  }
  const copy = bytes.slice();
  if (bigEndian) swapBytes(copy, width);
  return viewStorage(dtype, copy.buffer, copy.byteOffset, count);
}

/** NumPy takes every non-zero byte for True; kernels rely on 0 and 1. */
function normaliseBools(data: Storage): Storage {
  return data.some((byte: number | bigint) => Number(byte) > 1)
    ? Uint8Array.from(data as Uint8Array, (byte) => (byte ? 1 : 0))
    : data;
}
