import { describe, expect, it } from "vitest";
import type { DType } from "../../src/io/host-array.ts";
import { parseFormat } from "../../src/io/printf.ts";
import { formatSavetxt, type SavetxtOptions } from "../../src/io/savetxt.ts";
import { float64, fromHex, goldenJson, hostArray } from "./support.ts";

interface WriteCase {
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: string;
  readonly options: SavetxtOptions;
  readonly text?: string;
  readonly error?: string;
}

const goldens = goldenJson<{ cases: WriteCase[]; random: [fmt: string, bits: string, text: string][] }>(
  "savetxt.json",
);

const write = ({ dtype, shape, data, options }: WriteCase): string =>
  [...formatSavetxt(hostArray(dtype, shape, fromHex(data)), options)].join("");

describe("savetxt writes as NumPy does", () => {
  const titled = goldens.cases.map((golden) => {
    const shape = golden.shape.join("×");
    return [`${golden.dtype} ${shape} ${JSON.stringify(golden.options)}`, golden] as const;
  });
  it.each(titled)("%s", (_, golden) => {
    if (golden.error) expect(() => write(golden)).toThrow();
    else expect(write(golden)).toBe(golden.text);
  });

  it("formats random doubles as printf does", () => {
    expect(goldens.random.length).toBeGreaterThan(250);
    for (const [fmt, bits, text] of goldens.random) {
      const value = new Float64Array(fromHex(bits).slice().buffer)[0];
      const { literals, conversions } = parseFormat(fmt, String);
      const written = literals[0] + conversions[0](value) + literals[1];
      expect(`${fmt} ${value}: ${written}`).toBe(`${fmt} ${value}: ${text}`);
    }
  });
});

describe("savetxt refuses", () => {
  const refused: readonly [string, SavetxtOptions, RegExp][] = [
    ["%r", { fmt: "%r" }, /cannot format with "%r"; use %d %x/],
    ["an enormous width", { fmt: "%99999999d" }, /width and precision go up to 10000/],
    ["too many formats", { fmt: "%d %d %d" }, /wrong number of % formats: "%d %d %d" has 3, needed 1 or 2/],
    ["too few formats in a list", { fmt: ["%d"] }, /1 formats for 2 columns/],
    ["integers only for hexadecimal", { fmt: "%x" }, /%x formats integers only, got 1.5/],
  ];
  it.each(refused)("%s", (_, options, message) => {
    expect(() => [...formatSavetxt(float64([1.5, 2], [1, 2]), options)]).toThrow(message);
  });

  it("arrays that are no vector or matrix", () => {
    expect(() => [...formatSavetxt(float64([1], []))]).toThrow(
      "savetxt needs a 1D or 2D array, got shape ()",
    );
  });
});
