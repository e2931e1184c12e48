import { expect, it } from "vitest";
import { crc32, portableCrc32 } from "../../src/io/crc32.ts";
import { randomSource } from "./support.ts";

it("gives the check value of CRC-32", () => {
  const digits = new TextEncoder().encode("123456789");
  expect(portableCrc32(digits)).toBe(0xcbf43926);
  expect(crc32(digits)).toBe(0xcbf43926);
});

it("is the same in pieces, at every length and with Node's own", () => {
  const random = randomSource(3);
  const bytes = Uint8Array.from({ length: 40 }, () => random(256));
  for (let length = 0; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length);
    const inPieces = portableCrc32(part.subarray(5), portableCrc32(part.subarray(0, 5)));
    expect([portableCrc32(part), inPieces]).toEqual([crc32(part), crc32(part)]);
  }
});
