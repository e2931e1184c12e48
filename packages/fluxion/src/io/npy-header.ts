/**
 * The header of the `.npy` format: magic bytes, version, length, and a Python dictionary in text padded so that the data
 * starts at a multiple of 64. Specification: NumPy, `numpy.lib.format`, versions 1.0 to 3.0.
 */

import { descrOf, parseDescr } from "./descr.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import { type DType, shapeText } from "./host-array.ts";
import { type PyValue, parsePythonLiteral } from "./python-literal.ts";

export type NpyVersion = 1 | 2 | 3;

export interface NpyHeader {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data starts. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const alignment = 64;
/** NumPy leaves room for the growing axis to reach this many digits, so that data can be appended in place. */
const growthDigits = 21;
/** NumPy's own limits. */
const maxHeaderLength = 10_000;
const maxRank = 64;

export const hasNpyMagic = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte);

/** The header that NumPy 2 writes for such an array, byte for byte. */
export function encodeNpyHeader(
  dtype: DType,
  shape: readonly number[],
  fortranOrder: boolean,
  version: NpyVersion,
): Uint8Array {
  const growing = shape.length ? String(fortranOrder ? shape.at(-1) : shape[0]).length : growthDigits;
  const text =
    `{'descr': '${descrOf(dtype)}', 'fortran_order': ${fortranOrder ? "True" : "False"}, ` +
    `'shape': ${shapeText(shape)}, }${" ".repeat(growthDigits - growing)}`;
  const lengthBytes = version === 1 ? 2 : 4;
  const prefix = magic.length + 2 + lengthBytes;
  const padding = alignment - ((prefix + text.length + 1) % alignment);
  const length = text.length + padding + 1;
  const header = new Uint8Array(prefix + length);
  header.set([...magic, version, 0]);
  for (let i = 0; i < lengthBytes; i++) header[magic.length + 2 + i] = (length >>> (8 * i)) & 255;
  header.set(new TextEncoder().encode(`${text}${" ".repeat(padding)}\n`), prefix);
  return header;
}

/** Reads and checks the header; throws `FileFormatError`. */
export function decodeNpyHeader(bytes: Uint8Array, where: Where): NpyHeader {
  if (!hasNpyMagic(bytes)) throw notNpy(bytes, where);
  if (bytes.length < 10) throw truncatedHeader(where, bytes.length);
  const [major, minor] = [bytes[6], bytes[7]];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new FileFormatError(
      where,
      `.npy format version ${major}.${minor} is unknown (1.0, 2.0 and 3.0 are known)`,
      "the header is damaged, or a later NumPy wrote it; save the file again",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw truncatedHeader(where, bytes.length);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maxHeaderLength) {
    throw new FileFormatError(
      where,
      `the header claims ${length} characters, and no array needs more than ${maxHeaderLength}`,
      "the header is damaged, or the array is a structured one; save its fields one by one",
    );
  }
  if (start + length > bytes.length) throw truncatedHeader(where, bytes.length);
  const decoder = new TextDecoder(major === 3 ? "utf-8" : "latin1");
  const text = decoder.decode(bytes.slice(start, start + length));
  return { ...parseHeaderText(text, where), dataOffset: start + length };
}

const truncatedHeader = (where: Where, found: number): FileFormatError =>
  new FileFormatError(
    where,
    `the file ends inside the header, after ${found} bytes`,
    "the file is truncated; copy or save it again",
  );

function parseHeaderText(text: string, where: Where): Omit<NpyHeader, "dataOffset"> {
  const help = "the header is damaged; write the file again with np.save";
  let header: PyValue;
  try {
    header = parsePythonLiteral(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileFormatError(where, `cannot parse the header ${quote(text.trimEnd())}: ${why}`, help, {
      cause,
    });
  }
  if (typeof header !== "object" || header === null || header.kind !== "dict") {
    throw new FileFormatError(where, `the header is not a dictionary: ${quote(text.trimEnd())}`, help);
  }
  const { entries } = header;
  const keys = [...entries.keys()].sort().join(", ");
  if (keys !== "descr, fortran_order, shape") {
    throw new FileFormatError(
      where,
      `the header has the keys ${quote(keys)} instead of "descr, fortran_order, shape"`,
      help,
    );
  }
  const fortranOrder = entries.get("fortran_order");
  if (typeof fortranOrder !== "boolean") {
    throw new FileFormatError(where, "the header's fortran_order is neither True nor False", help);
  }
  const shape = parseShape(entries.get("shape") ?? null, where);
  return { ...parseDescr(entries.get("descr") ?? null, where), fortranOrder, shape };
}

function parseShape(value: PyValue, where: Where): number[] {
  const help = "the header is damaged; write the file again with np.save";
  if (typeof value !== "object" || value === null || value.kind !== "tuple") {
    throw new FileFormatError(where, "the header's shape is not a tuple of integers", help);
  }
  if (value.items.length > maxRank) {
    throw new FileFormatError(
      where,
      `the header claims ${value.items.length} dimensions; at most ${maxRank} exist`,
      help,
    );
  }
  return value.items.map((size, axis) => {
    if (typeof size !== "bigint" || size < 0n) {
      const found = typeof size === "bigint" ? String(size) : typeof size;
      throw new FileFormatError(where, `axis ${axis} of the shape is ${found}, not a size`, help);
    }
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new FileFormatError(
        where,
        `axis ${axis} of the shape is ${size}, more than any memory holds`,
        help,
      );
    }
    return Number(size);
  });
}

/** First bytes of what people mistake for a `.npy` file. */
const otherFormats: readonly (readonly [readonly number[], string, string])[] = [
  [[0x50, 0x4b], "a zip archive", "if it is an .npz file, give it that name, so that load opens it as one"],
  [
    [0x80],
    "a Python pickle",
    "unpickling runs code from the file; in Python, load it and write it with np.save",
  ],
  [
    [0x1f, 0x8b],
    "gzip-compressed data",
    "decompress it first; for text, loadtxt and genfromtxt do that by themselves",
  ],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file", "in Python, read it with h5py and write it with np.save"],
];

function notNpy(bytes: Uint8Array, where: Where): FileFormatError {
  if (bytes.length === 0) return new FileFormatError(where, "the file is empty", "save it again");
  const other = otherFormats.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (other) return new FileFormatError(where, `is ${other[1]}, not a .npy file`, other[2]);
  const start = [...bytes.subarray(0, 6)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
  return new FileFormatError(
    where,
    `is not a .npy file: it starts with ${start} instead of \\x93NUMPY`,
    "read text with loadtxt or genfromtxt, and write arrays with save or np.save",
  );
}
