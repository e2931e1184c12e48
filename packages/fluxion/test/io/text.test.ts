import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { expectSame, float64, formatError, io, warnings } from "./support.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const matrix = float64([1, 2, 3, 4], [2, 2]);

describe("sources of text", () => {
  it.each([
    ["bytes", encode("1 2\n3 4\n")],
    ["an ArrayBuffer", encode("1 2\n3 4\n").slice().buffer],
    ["lines", ["1 2", "3 4"]],
    ["lines with their ends", ["1 2\n", "3 4\r\n"]],
    ["text", { text: "1 2\r3 4" }],
    ["a byte-order mark", encode("\ufeff1 2\n3 4")],
    ["gzip", gzipSync(encode("1 2\n3 4\n"))],
    ["gzip in two members", new Uint8Array([...gzipSync(encode("1 2\n3")), ...gzipSync(encode(" 4\n"))])],
  ])("%s", (_, source) => {
    expectSame(io.loadtxt(source), matrix);
    expectSame(io.genfromtxt(source), matrix);
  });

  it("decodes other encodings", () => {
    const latin = Uint8Array.from("é ß\n1 2\n", (char) => char.charCodeAt(0));
    expect(Object.keys(io.genfromtxt(latin, { names: true, encoding: "latin1" }))).toEqual(["é", "ß"]);
    const wide = new Uint8Array(Uint16Array.from("1 2\n3 4", (char) => char.charCodeAt(0)).buffer);
    expectSame(io.loadtxt(wide, { encoding: "utf-16le" }), matrix);
    expect(formatError(() => io.loadtxt(latin)).message).toMatch(
      /not text in the encoding "utf-8"\n\n {2}help: .*latin1/,
    );
    expect(() => io.loadtxt(latin, { encoding: "klingon" })).toThrow('unknown encoding "klingon"');
  });

  it("joins lines across the pieces in which bytes are decoded", () => {
    // Rows of 7 bytes, 2 of them the line end, meet the 1 MiB boundary in every phase.
    const rows = 320_000;
    const text = Array.from({ length: rows }, (_, i) => String(10_000 + (i % 90_000))).join("\r\n");
    const array = io.loadtxt(encode(text), { dtype: "int32" });
    expect(array.shape).toEqual([rows]);
    expect(array.data.every((x, i) => x === 10_000 + (i % 90_000))).toBe(true);
    expectSame(io.loadtxt(gzipSync(encode(text), { level: 1 }), { dtype: "int32" }), array);
  });
});

describe("errors name row, column and line", () => {
  const refused: readonly [string, () => unknown, RegExp][] = [
    [
      "no number",
      () => io.loadtxt(["# head", "1 2", "3 x"]),
      /^<text>: could not convert string "x" to float64 at row 1, column 2 \(line 3\)\n\n {2}help: /,
    ],
    [
      "out of range",
      () => io.loadtxt(["300"], { dtype: "int8" }),
      /"300" to int8 .*: 300 is out of bounds for int8/,
    ],
    [
      "ragged",
      () => io.loadtxt(["1 2", "3"]),
      /changed from 2 to 1 at row 2 \(line 2\)\n\n {2}help: use `usecols`/,
    ],
    [
      "no such column",
      () => io.loadtxt(["1 2"], { usecols: 3 }),
      /invalid column index 3 at row 1 with 2 columns/,
    ],
    ["line break in a line", () => io.loadtxt(["1\n2"]), /line 0 of the array holds a line break/],
    [
      "npy file",
      () => io.loadtxt(io.save(matrix)),
      /is a \.npy file, not text\n\n {2}help: read it with load/,
    ],
    ["bzip2", () => io.genfromtxt(encode("BZh91AY")), /is compressed with bzip2/],
    [
      "long rows",
      () => io.genfromtxt(["1 2", "3", "4 5 6"]),
      /Line #2 \(got 1 columns instead of 2\)\n +Line #3/,
    ],
    [
      "missing column",
      () => io.genfromtxt(["1 2", "3"], { usecols: 1 }),
      /Line #2 \(got 1 columns not enough for .* 1\)/,
    ],
    [
      "unknown name",
      () => io.genfromtxt(["a b", "1 2"], { names: true, usecols: "c" }),
      /has no column "c".*\n.*"a", "b"/s,
    ],
    [
      "too few names",
      () => io.genfromtxt(["1 2 3"], { names: "a,b" }),
      /names lists 2 columns, and the file has 3/,
    ],
    ["no names", () => io.genfromtxt([], { names: true }), /has no line to take names from/],
    [
      "filling does not fit",
      () => io.genfromtxt(["x"], { dtype: "uint8" }),
      /-1 is out of bounds for uint8 at row 1, column 0/,
    ],
    [
      "text in a column",
      () => io.genfromtxt(["1 a", "2 b"], { dtype: null }),
      /"a" at row 1, column 1 is not a number/,
    ],
    [
      "strict",
      () => io.genfromtxt(["1 a"], { loose: false }),
      /Cannot convert string "a" to float64 at row 1, column 1/,
    ],
  ];
  it.each(refused)("%s", (_, read, message) => {
    expect(formatError(read).message).toMatch(message);
  });

  it("lists the first lines of wrong length", () => {
    const message = formatError(() => io.genfromtxt(["1 2", ...Array(30).fill("3")])).message;
    expect(message).toContain("Line #11 (got 1 columns instead of 2)\n    … and 20 more");
  });
});

describe("options", () => {
  it("are checked", () => {
    expect(() => io.genfromtxt(["1"], { skip_header: 1 } as object)).toThrow(
      'io.genfromtxt has no option "skip_header": it is called skipHeader',
    );
    expect(() => io.loadtxt(["1"], { sep: "," } as object)).toThrow(
      'has no option "sep": it has dtype, comments',
    );
    expect(() => io.savetxt(matrix, 3 as unknown as object)).toThrow("takes its options as an object");
    expect(() => io.genfromtxt(["1"], { names: "a", fillingValues: { b: 1 } })).toThrow(
      'fillingValues mentions column "b", but the names are "a"',
    );
    expect(() => io.genfromtxt(["1"], { delimiter: [1, 0] })).toThrow(
      "a column width must be a positive integer, got 0",
    );
  });

  it("converters change fields before they are stored", () => {
    const percent = (text: string): number => Number.parseFloat(text) / 100;
    expectSame(
      io.loadtxt(["50% 1", "25% 2"], { converters: { 0: percent } }),
      float64([0.5, 1, 0.25, 2], [2, 2]),
    );
    expectSame(io.loadtxt(["50% 1"], { converters: { [-1]: () => 9 }, usecols: 1 }), float64([9], []));
    expectSame(io.loadtxt(["a b"], { converters: (text) => text.charCodeAt(0) }), float64([97, 98]));
    const letter = (text: string): number | undefined => (text === "?" ? undefined : text.charCodeAt(0));
    const read = io.genfromtxt(["x y", "1 a", "2 ?"], {
      names: true,
      converters: { y: letter as never },
      fillingValues: { y: 0 },
    });
    expectSame(read.y, float64([97, 0]));
    expect(() => io.loadtxt(["1"], { converters: { 4: percent } })).toThrow(
      "converter specified for column 4",
    );
  });

  it("keeps names with their columns when usecols reorders them", () => {
    const { a, b } = io.genfromtxt(["a b", "1 2", "3 4"], { names: true, usecols: [1, 0] });
    expectSame(a, float64([1, 3]));
    expectSame(b, float64([2, 4]));
  });

  it("unpack gives columns", () => {
    const [x, y] = io.genfromtxt(["a b", "1 2", "3 4"], { names: true, unpack: true });
    expectSame(x, float64([1, 3]));
    expectSame(y, float64([2, 4]));
  });

  it("bfloat16 columns hold rounded bits", () => {
    expect([...io.loadtxt(["1.0 3.14159"], { dtype: "bfloat16" }).data]).toEqual([0x3f80, 0x4049]);
  });

  it("warns about empty input and left-out rows", () => {
    warnings.length = 0;
    expect(io.loadtxt([]).shape).toEqual([0]);
    io.genfromtxt(["1 2", "3"], { invalidRaise: false });
    expect(warnings).toEqual([
      "loadtxt: <text> contains no data",
      "genfromtxt: <text>: Some errors were detected !\n    Line #2 (got 1 columns instead of 2)",
    ]);
  });
});

describe("damaged gzip", () => {
  const packed = gzipSync(encode("1 2\n3 4\n".repeat(2000)));
  it.each([
    ["cut off", packed.subarray(0, packed.length - 9)],
    ["header only", packed.subarray(0, 10)],
    ["wrong checksum", packed.map((byte, i) => (i === packed.length - 8 ? byte ^ 1 : byte))],
    ["wrong length", packed.map((byte, i) => (i === packed.length - 4 ? byte ^ 1 : byte))],
    ["garbage behind", new Uint8Array([...packed, 1, 2, 3])],
  ])("%s", (_, bytes) => {
    expect(formatError(() => io.loadtxt(bytes)).message).toMatch(/gzip/);
  });
});
