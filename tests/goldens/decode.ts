/** From the JSON of the golden files to elements and arguments. */

import {
  type Elements,
  type EncodedArray,
  type EncodedData,
  isComplex,
  isWide,
  type Json,
} from "./format.ts";

/** What the runner needs of the library under test to make arguments. */
export interface Maker {
  array(dtype: string, shape: readonly number[], elements: Elements): unknown;
  /** A weak float scalar whose value may be integral. */
  float(value: number): unknown;
  complex(re: number, im: number): unknown;
  /** A typed key whose words are `data`, an array of uint32. */
  key(data: unknown): unknown;
  /** A function by its path in the library. */
  lookUp(path: string): unknown;
}

const named: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity, "-0": -0 };

/** A float of the JSON; the ones that JSON has no number for are strings. */
export function decodeNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value in named) return named[value];
  throw new TypeError(`not a number of a golden file: ${JSON.stringify(value)}`);
}

const bfloat16 = (bits: number): number => {
  const word = new DataView(new ArrayBuffer(4));
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
};

const readers: Readonly<Record<string, (view: DataView, at: number) => number | bigint>> = {
  bool: (v, i) => v.getUint8(i),
  int8: (v, i) => v.getInt8(i),
  int16: (v, i) => v.getInt16(2 * i, true),
  int32: (v, i) => v.getInt32(4 * i, true),
  int64: (v, i) => v.getBigInt64(8 * i, true),
  uint8: (v, i) => v.getUint8(i),
  uint16: (v, i) => v.getUint16(2 * i, true),
  uint32: (v, i) => v.getUint32(4 * i, true),
  uint64: (v, i) => v.getBigUint64(8 * i, true),
  float16: (v, i) => v.getFloat16(2 * i, true),
  bfloat16: (v, i) => bfloat16(v.getUint16(2 * i, true)),
  float32: (v, i) => v.getFloat32(4 * i, true),
  float64: (v, i) => v.getFloat64(8 * i, true),
  complex64: (v, i) => v.getFloat32(4 * i, true),
  complex128: (v, i) => v.getFloat64(8 * i, true),
};
const bytesPerEntry: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  complex64: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  complex128: 8,
};

/** Entries of a dtype: numbers, bigints for the 64-bit integers, 0 and 1 for bool, two each for complex. */
export function decodeData(dtype: string, data: EncodedData): Elements {
  const words = dtype.startsWith("key<") ? "uint32" : dtype;
  const read = readers[words];
  if (read === undefined) throw new TypeError(`golden file with unknown dtype ${dtype}`);
  if (typeof data !== "string") return isWide(words) ? data.map(BigInt) : data.map(decodeNumber);
  const bytes = Buffer.from(data, "base64");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / bytesPerEntry[words] }, (_, i) => read(view, i));
}

const isEncodedArray = (value: object): value is EncodedArray => "dtype" in value && "data" in value;

const typedArrays: Readonly<Record<string, (data: readonly (number | string)[]) => unknown>> = {
  Int8Array: (d) => Int8Array.from(d.map(decodeNumber)),
  Uint8Array: (d) => Uint8Array.from(d.map(decodeNumber)),
  Int16Array: (d) => Int16Array.from(d.map(decodeNumber)),
  Uint16Array: (d) => Uint16Array.from(d.map(decodeNumber)),
  Int32Array: (d) => Int32Array.from(d.map(decodeNumber)),
  Uint32Array: (d) => Uint32Array.from(d.map(decodeNumber)),
  Float16Array: (d) => Float16Array.from(d.map(decodeNumber)),
  Float32Array: (d) => Float32Array.from(d.map(decodeNumber)),
  Float64Array: (d) => Float64Array.from(d.map(decodeNumber)),
  BigInt64Array: (d) => BigInt64Array.from(d.map(BigInt)),
  BigUint64Array: (d) => BigUint64Array.from(d.map(BigInt)),
};

type Tagged = { readonly [tag: string]: Json };

/** Values that JSON has no form for are objects with one telling key. */
const tags: Readonly<Record<string, (value: Tagged, decode: (v: Json) => unknown, make: Maker) => unknown>> =
  {
    float: ({ float }, _, make) => make.float(decodeNumber(float)),
    bigint: ({ bigint }) => BigInt(String(bigint)),
    complex: ({ complex }, _, make) => {
      const [re, im] = complex as readonly Json[];
      return make.complex(decodeNumber(re), decodeNumber(im));
    },
    typed: ({ typed, data }) => typedArrays[String(typed)](data as readonly (number | string)[]),
    function: (value, _, make) => make.lookUp(String(value.function)),
    key: ({ key }, decode, make) => make.key(decode(key)),
  };

/** An argument as the library takes it. `inputs` are the arrays that the file shares between cases. */
export function decodeValue(
  value: Json,
  inputs: Readonly<Record<string, EncodedArray>>,
  make: Maker,
): unknown {
  if (value === null || typeof value !== "object") return value;
  const decode = (v: Json): unknown => decodeValue(v, inputs, make);
  if (Array.isArray(value)) return value.map(decode);
  const tagged = value as Tagged;
  if ("$" in tagged) return decodeArray(inputs[String(tagged.$)], make);
  if (isEncodedArray(value)) return decodeArray(value, make);
  const tag = Object.keys(tags).find((name) => name in tagged);
  if (tag === undefined) throw new TypeError(`no argument: ${JSON.stringify(value)}`);
  return tags[tag](tagged, decode, make);
}

function decodeArray({ dtype, shape, data }: EncodedArray, make: Maker): unknown {
  const elements = decodeData(dtype, data);
  const expected = shape.reduce((n, d) => n * d, isComplex(dtype) ? 2 : 1);
  if (elements.length !== expected) throw new RangeError(`${elements.length} entries for ${dtype}[${shape}]`);
  return make.array(dtype, shape, elements);
}
