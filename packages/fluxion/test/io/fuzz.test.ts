/**
 * Damaged files: random bit flips, overwritten numbers, cuts, insertions and splices of good files. Reading one must end
 * soon in a `FileFormatError` or in data that the file really holds. FUZZ_SEED repeats a run, FUZZ_ROUNDS makes it longer.
 */

import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bytesOf, type DType, type HostArray } from "../../src/io/host-array.ts";
import { FileFormatError, NpzFile } from "../../src/io/index.ts";
import { decodeNpy } from "../../src/io/npy.ts";
import { fromHex, goldenBytes, goldenJson, io, randomSource, toHex } from "./support.ts";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.FUZZ_ROUNDS ?? 1500);
console.log(`io fuzz: FUZZ_SEED=${seed} FUZZ_ROUNDS=${rounds}`);

type Random = (limit: number) => number;

/** What attackers write into size fields. */
const nastyNumbers = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => {
    const copy = bytes.slice();
    copy[random(copy.length)] ^= 1 << random(8);
    return copy;
  },
  (bytes, random) => bytes.slice(0, random(bytes.length)),
  (bytes, random) => {
    const copy = bytes.slice();
    const width = [1, 2, 4][random(3)];
    const value = nastyNumbers[random(nastyNumbers.length)];
    const at = random(Math.max(1, copy.length - width));
    for (let i = 0; i < width; i++) copy[at + i] = (value >>> (8 * i)) & 255;
    return copy;
  },
  (bytes, random) => {
    const at = random(bytes.length);
    const extra = Array.from({ length: 1 + random(8) }, () => random(256));
    return Uint8Array.from([...bytes.subarray(0, at), ...extra, ...bytes.subarray(at)]);
  },
  (bytes, random) => {
    const copy = bytes.slice();
    const length = random(Math.min(40, copy.length));
    copy.copyWithin(random(copy.length), random(copy.length - length), length);
    return copy;
  },
  (bytes, random) => {
    const copy = bytes.slice();
    const digit = [...copy.keys()].filter((i) => copy[i] >= 0x30 && copy[i] <= 0x39);
    if (digit.length) copy[digit[random(digit.length)]] = 0x30 + random(10);
    return copy;
  },
];

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged = bytes;
  for (let n = 1 + random(3); n > 0 && damaged.length; n--) {
    damaged = mutations[random(mutations.length)](damaged, random);
  }
  return damaged;
}

/** Runs `read`; true if it succeeded, false for a `FileFormatError`. Anything else fails with what repeats it. */
function survives(read: () => void, bytes: Uint8Array, round: number): boolean {
  const start = performance.now();
  const allocated = process.memoryUsage().arrayBuffers;
  let succeeded = true;
  try {
    read();
  } catch (error) {
    succeeded = false;
    if (!(error instanceof FileFormatError)) {
      const file = toHex(bytes.subarray(0, 400));
      throw new Error(`seed ${seed}, round ${round}: ${error}\nfile: ${file}`, { cause: error });
    }
  }
  const took = performance.now() - start;
  if (took > 2000) throw new Error(`seed ${seed}, round ${round}: ${bytes.length} bytes took ${took} ms`);
  const more = process.memoryUsage().arrayBuffers - allocated;
  if (more > maxRatio * bytes.length + slack) {
    throw new Error(`seed ${seed}, round ${round}: ${bytes.length} bytes made it allocate ${more}`);
  }
  return succeeded;
}

/** Deflate unpacks a byte to at most 1032. */
const maxRatio = 1032;
/** Buffers of the decompressor and of growing columns. */
const slack = 2 ** 20;

const npyFiles = goldenJson<{ file: string }[]>("npy.json").map(({ file }) => fromHex(file));
const fingerprint = ({ dtype, shape, data }: HostArray): string =>
  `${dtype} ${shape} ${toHex(bytesOf(data))}`;

describe(`damaged files (seed ${seed})`, () => {
  it("npy", () => {
    const random = randomSource(seed);
    let good = 0;
    for (let round = 0; round < rounds; round++) {
      const bytes = mutate(npyFiles[random(npyFiles.length)], random);
      const read = (): void => {
        const array = decodeNpy(bytes, { file: "x.npy" });
        expect(array.data.byteLength).toBeLessThan(bytes.length);
      };
      if (survives(read, bytes, round)) good++;
    }
    // Flips in the data, and headers that stay valid, are read: the test would be void if all or none were.
    expect(good).toBeGreaterThan(rounds / 50);
    expect(good).toBeLessThan(rounds);
  });

  it.each(["stored.npz", "deflated.npz", "streamed.npz"])("%s", (name) => {
    const original = goldenBytes(name);
    const intended = new Set(
      [...new NpzFile(original, { file: name }, (host) => host).values()].map(fingerprint),
    );
    const random = randomSource(seed + name.length);
    let good = 0;
    for (let round = 0; round < rounds; round++) {
      const bytes = mutate(original, random);
      const read = (): void => {
        const archive = new NpzFile(bytes, { file: name }, (host) => host, { maxBytes: 2 ** 24 });
        // The checksums let nothing through but what NumPy wrote, whatever the archive calls it.
        for (const array of archive.values()) expect(intended).toContain(fingerprint(array));
      };
      if (survives(read, bytes, round)) good++;
    }
    expect(good).toBeLessThan(rounds);
  });

  it("text", () => {
    const text = "a;b;c\n1;2.5;-3e4\n4;;nan\n# note\n7;8;9\n";
    const originals = [
      new TextEncoder().encode(text),
      gzipSync(new TextEncoder().encode(text), { mtime: 0 }),
    ];
    const random = randomSource(seed + 1);
    const dtypes: readonly (DType | null)[] = ["float64", "int8", "complex64", null];
    for (let round = 0; round < rounds; round++) {
      const bytes = mutate(originals[random(originals.length)], random);
      const dtype = dtypes[random(dtypes.length)];
      const options = { delimiter: ";", comments: "#" };
      survives(() => io.genfromtxt(bytes, { ...options, dtype, names: true } as object), bytes, round);
      survives(() => io.loadtxt(bytes, { ...options, skiprows: 1, dtype: dtype ?? "bool" }), bytes, round);
    }
  });
});
