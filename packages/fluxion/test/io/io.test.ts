import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync, strFromU8 } from "fflate";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import type { HostArray } from "../../src/io/host-array.ts";
import type { NpzFile } from "../../src/io/index.ts";
import { expectSame, float64, formatError, goldenBytes, goldenPath, io, toHex } from "./support.ts";

const data = fileURLToPath(new URL("../../../../examples/data/", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fluxion-io-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const x = float64([1, 2.5, -3]);

describe("paths", () => {
  it("appends the ending as NumPy does", () => {
    io.save(join(folder, "a"), x);
    io.save(join(folder, "b.npy"), x);
    io.savez(join(folder, "c"), { x });
    expectSame(io.load(join(folder, "a.npy")) as HostArray, x);
    expectSame(io.load(join(folder, "b.npy")) as HostArray, x);
    expectSame((io.load(join(folder, "c.npz")) as NpzFile<HostArray>).get("x"), x);
  });

  it("takes file URLs and no others", () => {
    const url = pathToFileURL(join(folder, "with space.npy"));
    io.save(url, x);
    expectSame(io.load(url) as HostArray, x);
    expect(() => io.load(new URL("https://example.org/x.npy"))).toThrow(
      "https://example.org/x.npy is no file; fetch it",
    );
  });

  it("returns the bytes without a path", () => {
    io.save(join(folder, "same.npy"), x);
    expect(toHex(io.save(x))).toBe(toHex(new Uint8Array(readFileSync(join(folder, "same.npy")))));
    expectSame(io.load(io.save(x)) as HostArray, x);
  });

  it("refuses what is neither a path nor bytes", () => {
    expect(() => io.load(undefined as unknown as Uint8Array)).toThrow(
      "takes a path or the bytes of a file, got undefined",
    );
    expect(() => io.loadtxt(5 as unknown as Uint8Array)).toThrow(
      "from a path, bytes, an array of lines or { text }, not from 5",
    );
  });

  it("names the file in errors", () => {
    const path = join(folder, "cut.npy");
    writeFileSync(path, io.save(x).subarray(0, 140));
    expect(formatError(() => io.load(path)).message).toContain(`${path}: the header says (3,) float64`);
    expect(() => io.load(join(folder, "nowhere.npy"))).toThrow(/ENOENT.*nowhere\.npy/);
    expect(() => io.load(folder)).toThrow("EISDIR");
  });

  it("refuses content that contradicts the ending", () => {
    const path = join(folder, "array.npz");
    writeFileSync(path, io.save(x));
    expect(formatError(() => io.load(path)).message).toContain("is not a zip archive, as .npz files are");
    const archive = join(folder, "archive.npy");
    writeFileSync(archive, io.savez({ x }));
    expect(formatError(() => io.load(archive)).message).toContain("is a zip archive, not a .npy file");
  });

  it("tells the type by the ending", () => {
    expectTypeOf(io.load<"a.npz">).returns.toEqualTypeOf<NpzFile<HostArray>>();
    expectTypeOf(io.load<"a.npy">).returns.toEqualTypeOf<HostArray>();
    expectTypeOf(io.load<Uint8Array>).returns.toEqualTypeOf<HostArray | NpzFile<HostArray>>();
    const typed: NpzFile<HostArray> = io.load(goldenPath("stored.npz") as "stored.npz");
    const untyped = io.load(goldenBytes("stored.npz")) as NpzFile<HostArray>;
    expectSame(typed.get("bias"), untyped.get("bias"));
  });
});

describe("savez", () => {
  it("names arrays as NumPy does: given names first, then arr_0, arr_1, …", () => {
    const archive = io.load(io.savez(x, [4], { named: [5] })) as NpzFile<HostArray>;
    expect(archive.files).toEqual(["named", "arr_0", "arr_1"]);
    expectSame(archive.get("arr_1"), float64([4]));
    const { named } = archive.toObject();
    expectSame(named, float64([5]));
    expect(() => io.savez(x, { arr_0: x })).toThrow(
      "cannot use un-named arrays together with one named arr_0",
    );
  });

  it("takes maps", () => {
    const archive = io.load(io.savez(new Map([["w", x]]))) as NpzFile<HostArray>;
    expectSame(archive.get("w"), x);
  });
});

describe("savetxt", () => {
  it("writes files that loadtxt reads back exactly", () => {
    for (const name of ["t.txt", "t.txt.gz"]) {
      const path = join(folder, name);
      io.savetxt(path, float64([1 / 3, -2e-300, Number.NaN, 7], [2, 2]), { header: "two columns" });
      expectSame(io.loadtxt(path), float64([1 / 3, -2e-300, Number.NaN, 7], [2, 2]));
    }
    const packed = new Uint8Array(readFileSync(join(folder, "t.txt.gz")));
    expect(strFromU8(gunzipSync(packed))).toBe(readFileSync(join(folder, "t.txt"), "utf-8"));
  });

  it("takes the format by position", () => {
    expect(io.savetxt(x, "%.1f")).toBe("1.0\n2.5\n-3.0\n");
    expect(io.savetxt(float64([1, 2], [1, 2]), ["%d", "%.2f"], { delimiter: ";" })).toBe("1;2.00\n");
    io.savetxt(join(folder, "f.csv"), x, "%d");
    expect(readFileSync(join(folder, "f.csv"), "utf-8")).toBe("1\n2\n-3\n");
  });

  it("encodes", () => {
    io.savetxt(join(folder, "l.txt"), x, { fmt: "%d", header: "é", encoding: "latin1" });
    expect([...readFileSync(join(folder, "l.txt")).subarray(0, 4)]).toEqual([35, 32, 0xe9, 10]);
    expect(() => io.savetxt(join(folder, "l.txt"), x, { header: "€", encoding: "latin1" })).toThrow(
      '"€" has no place in latin1',
    );
  });
});

describe("example data", () => {
  const mtcars = join(data, "mtcars.csv");
  const sums = [198, 7383.1, 4694, 115.09, 102.952, 571.16, 14, 13, 118, 90, 642.9];

  it("reads mtcars as a matrix", () => {
    const cars = io.genfromtxt(mtcars, { delimiter: ";", skipHeader: 1 });
    expect(cars.shape).toEqual([32, 11]);
    const found = sums.map((_, j) =>
      Array.from({ length: 32 }, (_, i) => Number(cars.data[i * 11 + j])).reduce((a, b) => a + b),
    );
    for (const [j, sum] of sums.entries()) expect(found[j]).toBeCloseTo(sum, 9);
    expect([...cars.data.subarray(0, 11)]).toEqual([6, 160, 110, 3.9, 2.62, 16.46, 0, 1, 4, 4, 21]);
    expectSame(io.loadtxt(mtcars, { delimiter: ";", skiprows: 1 }), cars);
  });

  it("reads mtcars by name, each column in its own dtype", () => {
    const cars = io.genfromtxt(mtcars, { delimiter: ";", names: true, dtype: null }) as Record<
      string,
      HostArray
    >;
    expect(Object.entries(cars).map(([name, column]) => `${name}: ${column.dtype}`)).toEqual([
      "cyl: int64",
      "disp: float64",
      "hp: int64",
      "drat: float64",
      "wt: float64",
      "qsec: float64",
      "vs: int64",
      "am: int64",
      "gear: int64",
      "carb: int64",
      "mpg: float64",
    ]);
    const [mpg, wt] = io.genfromtxt(mtcars, {
      delimiter: ";",
      names: true,
      usecols: ["mpg", "wt"],
      unpack: true,
    });
    expectSame(mpg, cars.mpg);
    expectSame(wt, cars.wt);
  });

  it("reads the compressed digits", () => {
    const digits = io.loadtxt(join(data, "digits.csv.gz"), { delimiter: ",", dtype: "uint8" });
    expect(digits.shape).toEqual([1797, 65]);
    const labels = io.loadtxt(join(data, "digits.csv.gz"), { delimiter: ",", usecols: -1, dtype: "int32" });
    expect((labels.data as Int32Array).reduce((a, b) => a + b)).toBe(8070);
    expect((digits.data as Uint8Array).reduce((a, b) => a + b, 0)).toBe(569_788);
  });
});
