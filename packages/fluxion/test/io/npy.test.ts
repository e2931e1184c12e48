import { describe, expect, it } from "vitest";
import type { DType } from "../../src/io/host-array.ts";
import { decodeNpy, encodeNpy } from "../../src/io/npy.ts";
import type { NpyVersion } from "../../src/io/npy-header.ts";
import { join } from "../../src/io/zip-write.ts";
import { expectSame, float64, formatError, fromHex, goldenJson, hostArray, io, toHex } from "./support.ts";

interface NpyCase {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: string;
  readonly file: string;
  readonly fortran: boolean;
  readonly version: NpyVersion;
  readonly native: boolean;
}

const cases = goldenJson<NpyCase[]>("npy.json");
const where = { file: "x.npy" };

describe("files that NumPy wrote", () => {
  it.each(cases)("reads $name", ({ dtype, shape, data, file }) => {
    expectSame(decodeNpy(fromHex(file), where), hostArray(dtype, shape, fromHex(data)));
  });

  it.each(cases)("reads $name from an odd address", ({ dtype, shape, data, file }) => {
    const shifted = new Uint8Array(file.length / 2 + 1).subarray(1);
    shifted.set(fromHex(file));
    expectSame(decodeNpy(shifted, where), hostArray(dtype, shape, fromHex(data)));
  });

  it.each(cases.filter(({ native }) => native))("writes $name byte for byte", (golden) => {
    const array = hostArray(golden.dtype, golden.shape, fromHex(golden.data));
    const written = encodeNpy(array, { fortranOrder: golden.fortran, version: golden.version });
    expect(toHex(join(written))).toBe(golden.file);
  });

  it("covers every dtype in both orders", () => {
    expect(new Set(cases.map(({ dtype }) => dtype)).size).toBe(15);
    expect(cases.filter(({ fortran }) => fortran).length).toBeGreaterThan(30);
  });
});

/** A file with this header text, padded as the format asks. */
function npy(header: string, data: Uint8Array = new Uint8Array(8), major = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length =
    major === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return join([Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0, ...length]), text, data]);
}

const header = (descr: string, shape: string, fortran = "False"): string =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe("headers that other programs write", () => {
  it.each([
    ["single-letter code", header("'d'", "(1,)"), "float64"],
    ["name", header("'float32'", "(2,)"), "float32"],
    ["native order", header("'=i4'", "(2,)"), "int32"],
    ["double quotes, no space", `{"descr":"<f4","fortran_order":False,"shape":(2,)}`, "float32"],
    ["Python 2", "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }", "float32"],
    ["unicode strings", "{u'descr': u'<f8', u'fortran_order': False, u'shape': (1,), }", "float64"],
    ["other key order, comment", "{'shape': (2,),\n 'descr': '<i4', 'fortran_order': False} # note", "int32"],
    ["underscore and sign", header("'|i1'", "(+0_8,)"), "int8"],
    ["bfloat16 as NumPy shows it", header("'|V2'", "(4,)"), "bfloat16"],
    ["question mark for bool", header("'?'", "(8,)"), "bool"],
  ])("%s", (_, text, dtype) => {
    expect(decodeNpy(npy(text), where).dtype).toBe(dtype);
  });

  it("takes every non-zero byte for true", () => {
    const array = decodeNpy(npy(header("'|b1'", "(4,)"), Uint8Array.of(0, 1, 2, 255)), where);
    expect([...array.data]).toEqual([0, 1, 1, 1]);
  });
});

describe("files that lie", () => {
  const refused: readonly [string, Uint8Array, RegExp][] = [
    ["empty file", new Uint8Array(0), /x\.npy: the file is empty/],
    [
      "text",
      new TextEncoder().encode("1 2 3\n"),
      /is not a \.npy file: it starts with 31 20 .*\n\n {2}help: read text/,
    ],
    ["zip", new TextEncoder().encode("PK\x03\x04"), /is a zip archive, not a \.npy file/],
    ["pickle", Uint8Array.of(0x80, 4, 0x95), /is a Python pickle.*\n\n {2}help: unpickling runs code/],
    ["magic only", npy("").subarray(0, 8), /ends inside the header, after 8 bytes/],
    [
      "header cut off",
      npy(header("'<f8'", "(1,)")).subarray(0, 40),
      /ends inside the header, after 40 bytes/,
    ],
    ["version 4", npy(header("'<f8'", "(1,)"), undefined, 4), /format version 4\.0 is unknown/],
    ["huge header", npy(header("'<f8'", `(1,)${" ".repeat(10_000)}`)), /claims 100\d\d characters/],
    [
      "too little data",
      npy(header("'<f8'", "(2,)")),
      /says \(2,\) float64, which takes 16 bytes, but 8 follow/,
    ],
    ["too much data", npy(header("'<f4'", "()")), /says \(\) float32, which takes 4 bytes, but 8 follow/],
    [
      "overflowing product",
      npy(header("'<f8'", "(4294967296, 4294967296, 4294967296)")),
      /more than any memory holds/,
    ],
    [
      "product that wraps to 8",
      npy(header("'|u1'", "(18446744073709551624,)")),
      /axis 0 .* more than any memory/,
    ],
    [
      "huge extents with a zero",
      npy(header("'<f4'", `(0,${" 9007199254740991,".repeat(63)})`)),
      /more than any memory/,
    ],
    ["negative size", npy(header("'<f4'", "(-1,)")), /axis 0 of the shape is -1, not a size/],
    ["two negative sizes", npy(header("'<f4'", "(-1, -2)")), /axis 0 of the shape is -1/],
    ["float size", npy(header("'<f4'", "(2.0,)")), /cannot parse the header/],
    ["boolean size", npy(header("'<f4'", "(True,)")), /axis 0 of the shape is boolean, not a size/],
    ["list as shape", npy(header("'<f4'", "[2]")), /shape is not a tuple/],
    ["number as shape", npy(header("'<f4'", "(2)")), /shape is not a tuple/],
    ["too many axes", npy(header("'<f4'", `(${"1,".repeat(65)})`)), /claims 65 dimensions/],
    ["deep nesting", npy(header("'<f4'", "(".repeat(500) + ")".repeat(500))), /nesting deeper than 32/],
    ["order not a boolean", npy(header("'<f4'", "(2,)", "0")), /fortran_order is neither True nor False/],
    ["missing key", npy("{'descr': '<f4', 'shape': (2,)}"), /has the keys "descr, shape"/],
    ["extra key", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}"), /has the keys/],
    ["no dictionary", npy("('<f4', False, (2,))"), /header is not a dictionary/],
    ["code in the header", npy(header("__import__('os').system('true')", "(2,)")), /cannot parse the header/],
    ["arithmetic in the header", npy(header("'<f4'", "(1,)*2")), /cannot parse the header/],
    ["objects", npy(header("'|O'", "(1,)")), /holds Python objects \(a pickle\).*\(dtype "\|O"\)/],
    ["strings", npy(header("'<U2'", "(1,)")), /holds text strings \(dtype "<U2"\)/],
    [
      "dates",
      npy(header("'<M8[ns]'", "(1,)")),
      /holds dates or durations.*\n\n {2}help: .*x\.view\("int64"\)/,
    ],
    ["long double", npy(header("'<f16'", "(1,)")), /holds extended-precision numbers/],
    ["float8", npy(header("'<V1'", "(8,)")), /1-byte values of a type that the file does not name/],
    ["void", npy(header("'|V8'", "(1,)")), /holds opaque bytes/],
    [
      "records",
      npy(header("[('mass', '<f4'), ('id', '<i4')]", "(1,)")),
      /holds records .* fields "mass", "id"\)/,
    ],
    ["subarrays", npy(header("('<f4', (2,))", "(1,)")), /holds records/],
    ["unknown kind", npy(header("'<z4'", "(1,)")), /"<z4" is not a dtype/],
    ["wrong size", npy(header("'<f3'", "(1,)")), /"<f3" is not a dtype/],
    ["bad order", npy(header("'!f4'", "(1,)")), /"!f4" is not a dtype/],
  ];

  it.each(refused)("%s", (_, bytes, message) => {
    const error = formatError(() => decodeNpy(bytes, where));
    expect(error.message).toMatch(message);
    expect(error.message).toContain("help: ");
    expect(error.file).toBe("x.npy");
  });

  it("reads the first of several arrays on request", () => {
    const two = join([...encodeNpy(float64([1, 2])), ...encodeNpy(float64([3]))]);
    expect(formatError(() => io.load(two)).message).toContain("ignoreTrailing");
    expectSame(io.load(two, { ignoreTrailing: true }) as ReturnType<typeof float64>, float64([1, 2]));
  });

  it("refuses storage that does not fit the shape", () => {
    expect(() => encodeNpy({ dtype: "complex64", shape: [2], data: new Float32Array(2) })).toThrow(
      "a complex64 array of shape (2,) needs a Float32Array of length 4, got a Float32Array of length 2",
    );
  });
});
