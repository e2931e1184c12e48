/** Rounding to the 16-bit formats, against the engine's own float16 and the general definition. */

import { describe, expect, test } from "vitest";
import {
  bfloat16FromBits,
  bfloat16ToBits,
  float16FromBits,
  float16ToBits,
  roundHalfEven,
  roundToBfloat16,
  roundToFloat16,
  roundToFormat,
} from "../src/index.ts";

let state = 7;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Numbers half way between neighbours of a format, exactly or off by a bit far below. */
function nearHalves(fromBits: (bits: number) => number, last: number): number[] {
  return Array.from({ length: 20_000 }, () => {
    const bits = Math.floor(random() * last);
    const middle = (fromBits(bits) + fromBits(bits + 1)) / 2;
    const off = random() < 0.6 ? (random() < 0.5 ? -1 : 1) * 2 ** -(30 + Math.floor(random() * 23)) : 0;
    return (random() < 0.5 ? -1 : 1) * middle * (1 + off);
  });
}

const anywhere = Array.from({ length: 20_000 }, () => (random() - 0.5) * 2 ** (random() * 300 - 150));
const corners = [
  0,
  -0,
  65519.99,
  65520,
  -65520,
  2 ** -25,
  -(2 ** -24),
  2 ** -26,
  3.4e38,
  5e-324,
  Infinity,
  -Infinity,
  NaN,
];

describe("float16", () => {
  test("rounds as the engine does", () => {
    const half = new Float16Array(1);
    for (const x of [...nearHalves(float16FromBits, 0x7bff), ...anywhere, ...corners]) {
      half[0] = x;
      expect(roundToFloat16(x)).toBe(half[0]);
    }
  });

  test("has 65,536 bit patterns, and the numbers keep theirs", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = float16FromBits(bits);
      if (!Number.isNaN(value) && float16ToBits(value) !== bits)
        expect.fail(`${bits} became ${float16ToBits(value)}`);
    }
    expect(float16ToBits(NaN)).toBe(0x7e00);
  });
});

describe("bfloat16", () => {
  test("rounds once", () => {
    for (const x of [...nearHalves(bfloat16FromBits, 0x7f7f), ...anywhere, ...corners])
      expect(roundToBfloat16(x)).toBe(roundToFormat(x, 7, -126, 127));
  });

  test("keeps its numbers", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = bfloat16FromBits(bits);
      if (!Number.isNaN(value) && bfloat16ToBits(value) !== bits)
        expect.fail(`${bits} became ${bfloat16ToBits(value)}`);
    }
  });
});

test("rounding to integers: ties to even, the sign of zero kept", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2 ** 52 + 1].map(roundHalfEven)).toEqual([
    0,
    2,
    2,
    -0,
    -2,
    0,
    2 ** 52 + 1,
  ]);
});
