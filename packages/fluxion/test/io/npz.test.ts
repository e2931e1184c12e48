import { describe, expect, it } from "vitest";
import type { DType, HostArray } from "../../src/io/host-array.ts";
import { NpzFile } from "../../src/io/index.ts";
import { encodeNpy } from "../../src/io/npy.ts";
import { encodeNpz } from "../../src/io/npz.ts";
import { readZipDirectory } from "../../src/io/zip-read.ts";
import { join, writeZip } from "../../src/io/zip-write.ts";
import {
  expectSame,
  float64,
  formatError,
  fromHex,
  goldenBytes,
  goldenJson,
  hostArray,
  io,
  toHex,
} from "./support.ts";

type Expected = Record<string, { dtype: DType; shape: number[]; data: string }>;

const golden = Object.entries(goldenJson<Expected>("npz.json")).map(
  ([name, { dtype, shape, data }]) => [name, hostArray(dtype, shape, fromHex(data))] as const,
);
const arrays = new Map(golden);

const open = (bytes: Uint8Array, options = {}): NpzFile<HostArray> =>
  new NpzFile(bytes, { file: "a.npz" }, (host) => host, options);

/** The bytes with some of them replaced. */
function patched(bytes: Uint8Array, at: number, ...replacement: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(replacement, at);
  return copy;
}

describe("archives that NumPy wrote", () => {
  it.each(["stored.npz", "deflated.npz", "streamed.npz"])("reads %s", (file) => {
    const archive = open(goldenBytes(file));
    expect([...archive.files].sort()).toEqual([...arrays.keys()].sort());
    for (const [name, array] of golden) expectSame(archive.get(name), array);
  });

  it("reads arrays that were given by position", () => {
    expect(open(goldenBytes("positional.npz")).files).toEqual(["named", "arr_0", "arr_1"]);
  });

  it("reads an empty archive", () => {
    expect([...open(goldenBytes("nothing.npz"))]).toEqual([]);
  });

  it("writes stored archives byte for byte", () => {
    expect(toHex(join(encodeNpz(arrays, false)))).toBe(toHex(goldenBytes("stored.npz")));
    expect(toHex(io.savez())).toBe(toHex(goldenBytes("nothing.npz")));
  });

  it("names the compression that it cannot undo", () => {
    const bzip2 = formatError(() => open(goldenBytes("bzip2.npz")).get("x"));
    expect(bzip2.message).toContain('a.npz, array "x": is compressed with bzip2 (method 12)');
    expect(bzip2.array).toBe("x");
    expect(() => open(goldenBytes("lzma.npz")).get("x")).toThrow("lzma (method 14)");
  });
});

describe("round trips", () => {
  it("keeps arrays compressed", () => {
    const archive = open(join(encodeNpz(arrays, true)));
    for (const [name, array] of golden) expectSame(archive.get(name), array);
  });

  it("compresses", () => {
    const zeros = float64(Array(10_000).fill(0));
    expect(io.savezCompressed({ zeros }).length).toBeLessThan(1000);
    expectSame(open(io.savezCompressed({ zeros })).get("zeros"), zeros);
  });

  it("keeps names that are not identifiers", () => {
    const x = float64([1]);
    const names = ["", "a b", "../up", "/etc/passwd", "C:\\x", "x.npy", "__proto__", "ключ", "a/b"];
    const archive = open(join(encodeNpz(new Map(names.map((name) => [name, x])), false)));
    expect(archive.files).toEqual(names);
    expect(Object.keys(archive.toObject()).sort()).toEqual([...names].sort());
    expectSame(archive.get("__proto__"), x);
  });

  it("writes and reads zip64 records", () => {
    const inputs = golden.map(([name, array]) => ({ name: `${name}.npy`, pieces: encodeNpy(array) }));
    const wide = join(writeZip(inputs, { compress: false, zip64Above: 0 }));
    expect(wide.length).toBeGreaterThan(goldenBytes("stored.npz").length + 56 + 20);
    const archive = open(wide);
    for (const [name, array] of golden) expectSame(archive.get(name), array);
  });

  it("behaves like a map", () => {
    const archive = open(io.savez({ a: float64([1]), b: float64([2]) }));
    expect([archive.size, archive.has("a"), archive.has("c"), [...archive.keys()]]).toEqual([
      2,
      true,
      false,
      ["a", "b"],
    ]);
    expect([...archive.values()].map((x) => x.data[0])).toEqual([1, 2]);
    expect([...archive].map(([name, x]) => [name, x.data[0]])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(String(archive)).toBe('NpzFile "a.npz" with keys: a, b');
    expect(formatError(() => archive.get("c")).message).toBe(
      'a.npz: has no array "c"\n\n  help: it holds "a", "b"',
    );
  });

  it("gives the bytes of members that are no arrays", () => {
    const text = new TextEncoder().encode("hello");
    const archive = open(join(writeZip([{ name: "readme.txt", pieces: [text] }], { compress: true })));
    expect(archive.bytes("readme.txt")).toEqual(text);
    expect(formatError(() => archive.get("readme.txt")).message).toMatch(
      /array "readme.txt": is not a \.npy file/,
    );
  });
});

describe("archives that lie", () => {
  const plain = io.savez({ a: float64([1, 2, 3]), b: float64([4]) });
  const packed = io.savezCompressed({ a: float64(Array(100).fill(1)) });
  const central = plain.findIndex((_, i) => plain[i] === 0x50 && plain[i + 1] === 0x4b && plain[i + 2] === 1);
  const packedCentral = packed.findIndex(
    (_, i) => packed[i] === 0x50 && packed[i + 1] === 0x4b && packed[i + 2] === 1,
  );
  const end = plain.length - 22;

  const refused: readonly [string, Uint8Array, RegExp][] = [
    ["cut off", plain.subarray(0, plain.length - 1), /has no end record/],
    ["cut in the middle", plain.subarray(0, 200), /has no end record/],
    ["bytes in front", join([new Uint8Array(3), plain]), /directory should lie at/],
    ["bytes behind", join([plain, new Uint8Array(3)]), /has no end record/],
    ["more members than listed", patched(plain, end + 8, 3, 0, 3, 0), /claims 3 members and lists 2/],
    ["fewer members than listed", patched(plain, end + 8, 1, 0, 1, 0), /claims 1 members and lists 2/],
    ["several volumes", patched(plain, end + 4, 1, 0), /one volume of several/],
    [
      "zip64 marker without a record",
      patched(plain, end + 16, 255, 255, 255, 255),
      /zip64 end record is missing/,
    ],
    [
      "size beyond the archive",
      patched(plain, central + 20, 255, 255, 0, 0),
      /claims 65535 bytes, more than/,
    ],
    [
      "size marker without zip64 field",
      patched(plain, central + 20, 255, 255, 255, 255),
      /zip64 field of "a.npy" is missing/,
    ],
    ["header elsewhere", patched(plain, central + 42, 9), /"a.npy" is not where the directory says/],
    ["two members at one place", patched(plain, central + 46 + 5 + 42, 0, 0, 0, 0), /contradict each other/],
    ["other name in the header", patched(plain, 30, 0x63), /contradict each other/],
    ["zero byte in a name", patched(patched(plain, 30, 0), central + 46, 0), /name holds a zero byte/],
    ["checksum", patched(plain, 200, 7), /array "a": the checksum of the content is wrong/],
    ["encrypted", patched(patched(plain, 6, 1), central + 8, 1), /array "a": is encrypted/],
    [
      "stored with two sizes",
      patched(plain, central + 24, 1),
      /array "a": claims \d+ bytes from 152 compressed ones/,
    ],
    [
      "impossible ratio",
      patched(packed, packedCentral + 24, 0, 0, 0, 64),
      /claims 1073741824 bytes from \d+ compressed/,
    ],
    [
      "shorter than said",
      patched(packed, packedCentral + 24, 0xa1, 3),
      /unpacks to 928 bytes, and the archive says 929/,
    ],
    ["longer than said", patched(packed, packedCentral + 24, 0x9f, 3), /unpacks to more than 927 bytes/],
    ["damaged compression", patched(packed, 59, 0xff, 0xff), /compressed content is damaged/],
  ];

  it.each(refused)("%s", (_, bytes, message) => {
    const error = formatError(() => [...open(bytes)]);
    expect(error.message).toMatch(message);
    expect(error.file).toBe("a.npz");
  });

  it("refuses members that share bytes", () => {
    // The second directory entry describes the first member once more, under a name of the same length.
    const inputs = ["x.npy", "y.npy"].map((name) => ({ name, pieces: encodeNpy(float64([1])) }));
    const bytes = join(writeZip(inputs, { compress: false }));
    const second = readZipDirectory(bytes, { file: "" })[1];
    const nested = bytes.slice();
    // Member x claims to go on to the end of member y.
    const [x] = readZipDirectory(bytes, { file: "" });
    const directory = second.dataOffset + second.size;
    new DataView(nested.buffer).setUint32(directory + 20, directory - x.dataOffset, true);
    expect(formatError(() => open(nested)).message).toContain('members "x.npy" and "y.npy" overlap');
  });

  it("refuses two members of one name", () => {
    const piece = encodeNpy(float64([1]));
    const twice = join(
      writeZip(
        [
          { name: "x.npy", pieces: piece },
          { name: "x.npy", pieces: piece },
        ],
        { compress: false },
      ),
    );
    expect(formatError(() => open(twice)).message).toContain('two members have the name "x.npy"');
    const mixed = join(
      writeZip(
        [
          { name: "x.npy", pieces: piece },
          { name: "x", pieces: piece },
        ],
        { compress: false },
      ),
    );
    expect(formatError(() => open(mixed)).message).toContain('has a member "x" with and without .npy');
  });

  it("asks before it unpacks a lot", () => {
    const archive = open(packed, { maxBytes: 500 });
    const error = formatError(() => archive.get("a"));
    expect(error.message).toContain("takes 928 bytes unpacked, more than the limit of 500");
    expect(error.message).toContain("load(file, { maxBytes: 928 })");
    expectSame(open(packed, { maxBytes: 928 }).get("a"), float64(Array(100).fill(1)));
  });

  it("refuses records inside an archive by the array's name", () => {
    const header = "{'descr': [('m', '<f4')], 'fortran_order': False, 'shape': (1,), }\n";
    const bytes = join([
      Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]),
      new TextEncoder().encode(header),
      new Uint8Array(4),
    ]);
    const archive = open(join(writeZip([{ name: "points.npy", pieces: [bytes] }], { compress: false })));
    expect(formatError(() => archive.get("points")).message).toMatch(
      /^a\.npz, array "points": holds records .*"m"/,
    );
  });
});
