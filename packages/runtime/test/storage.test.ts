import { describe, expect, it } from "vitest";
import { CpuRuntime } from "../src/cpu/cpu-runtime.ts";
import { OutOfMemoryError } from "../src/cpu/errors.ts";
import { SMALL_BYTES, type Storage } from "../src/cpu/storage.ts";

const MB = 2 ** 20;
const plain = (maximumBytes?: number) => new CpuRuntime({ shared: false, maximumBytes });

function pattern(bytes: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 37 + seed) & 255);
}

describe("storage", () => {
  it.each([0, 1, 3, 4, 31, 64, 65, 100, SMALL_BYTES, SMALL_BYTES + 1, 5000])(
    "keeps %i bytes, in JavaScript memory if there are few",
    (bytes) => {
      const runtime = plain();
      const storage = runtime.newStorage(bytes, "x");
      expect(storage.address === 0).toBe(bytes <= SMALL_BYTES);
      const content = pattern(bytes);
      runtime.write(storage, content);
      expect(runtime.read(storage)).toEqual(content);

      const staging = runtime.alloc(SMALL_BYTES, "staging");
      const address = runtime.locate(storage, staging);
      expect(address).toBe(bytes <= SMALL_BYTES ? staging : storage.address);
      expect(runtime.memory.u8.slice(address, address + bytes)).toEqual(content);
      expect(runtime.statistics().liveBytes).toBe(SMALL_BYTES + (bytes > SMALL_BYTES ? bytes : 0));
    },
  );

  it("reads small results from memory without sharing bytes between them", () => {
    const runtime = plain();
    const staging = runtime.alloc(SMALL_BYTES, "staging");
    const kept: { storage: Storage; content: Uint8Array }[] = [];
    for (let i = 0; i < 500; i++) {
      const content = pattern(1 + ((i * 29) % SMALL_BYTES), i);
      runtime.memory.u8.set(content, staging);
      kept.push({ storage: runtime.readSmall(staging, content.length), content });
    }
    for (const { storage, content } of kept) expect(runtime.read(storage)).toEqual(content);
  });

  it.each([16, 4096])("is freed by dispose, repeatedly, and unusable afterwards (%i bytes)", (bytes) => {
    const runtime = plain();
    {
      using storage = runtime.newStorage(bytes, "x");
      expect(storage.alive).toBe(true);
      storage.dispose();
      storage.dispose();
      expect(storage.alive).toBe(false);
      expect(() => runtime.locate(storage, 4096)).toThrow(/disposed of or donated/);
      expect(() => runtime.read(storage)).toThrow(/disposed of or donated/);
      expect(() => runtime.write(storage, new Uint8Array(bytes))).toThrow(/disposed of or donated/);
    }
    expect(runtime.statistics()).toMatchObject({ liveBytes: 0, liveArrays: 0 });
  });

  it("gives its block away for donation", () => {
    const runtime = plain();
    const donor = runtime.newStorage(4096, "donor");
    runtime.write(donor, pattern(4096));
    const result = runtime.adopt(donor.release(), 4096);
    expect(donor.alive).toBe(false);
    donor.dispose();
    expect(runtime.read(result)).toEqual(pattern(4096));
    expect(runtime.statistics().liveArrays).toBe(1);
  });

  it("refuses contents of another length", () => {
    const runtime = plain();
    expect(() => runtime.write(runtime.newStorage(8, "x"), new Uint8Array(9))).toThrow(
      "9 bytes were given for an array of 8",
    );
  });
});

describe("running out of memory", () => {
  it("is an error that says what was wanted and what there is, and harms nothing", () => {
    const runtime = plain(32 * MB);
    const x = runtime.newStorage(20 * MB, "x");
    const content = pattern(20 * MB);
    runtime.write(x, content);
    let error: unknown;
    try {
      runtime.newStorage(16 * MB, () => "float32[2048,2048], the result of dot_general");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OutOfMemoryError);
    const { message, details } = error as OutOfMemoryError;
    expect(message).toContain(
      "out of memory: 16.00 MiB (16777216 bytes) for float32[2048,2048], the result of dot_general do not fit",
    );
    expect(message).toContain("in use          20.00 MiB (20971520 bytes) in 1 array\n");
    expect(message).toContain("limit           32.00 MiB (33554432 bytes)");
    expect(message).toContain("Let go of references");
    expect(details).toMatchObject({ bytes: 16 * MB, liveBytes: 20 * MB, liveArrays: 1 });

    expect(Buffer.compare(runtime.read(x), content)).toBe(0);
    const most = runtime.newStorage(details.largestAvailable ?? 0, "as much as the error said");
    expect(() => runtime.newStorage(1000, "one more")).toThrow(OutOfMemoryError);
    most.dispose();
    x.dispose();
    expect(runtime.newStorage(30 * MB, "y").alive).toBe(true);
  });

  it("advises to yield where dropped arrays can only be freed later", () => {
    const runtime = new CpuRuntime({ shared: false, maximumBytes: 16 * MB, reclaim: "finalize" });
    expect(() => runtime.newStorage(20 * MB, "x")).toThrow(/yields to the event loop/);
  });

  it("frees dropped arrays before it gives up, without yielding", () => {
    const runtime = plain(64 * MB);
    for (let i = 0; i < 40; i++) runtime.newStorage(10 * MB, "dropped at once");
    expect(runtime.statistics().liveBytes).toBeLessThanOrEqual(64 * MB);
  });
});

describe("scopes", () => {
  it("free what does not survive, and hand survivors to the enclosing scope", () => {
    const runtime = plain();
    let inner: Storage | undefined;
    const [kept] = runtime.scopes.run(
      () => {
        runtime.newStorage(4096, "temporary");
        inner = runtime.scopes.run(
          () => {
            runtime.newStorage(4096, "temporary");
            return runtime.newStorage(4096, "inner result");
          },
          (result) => [result],
        );
        expect(runtime.statistics().liveArrays).toBe(2);
        expect(inner.alive).toBe(true);
        return [runtime.newStorage(4096, "outer result")];
      },
      (results) => results,
    );
    expect(kept.alive).toBe(true);
    expect(inner?.alive).toBe(false);
    expect(runtime.statistics().liveArrays).toBe(1);
  });

  it("free everything when the body throws, and leave the outer scope in charge", () => {
    const runtime = plain();
    const failing = () =>
      runtime.scopes.run(
        () => {
          runtime.newStorage(4096, "temporary");
          throw new Error("inside");
        },
        () => [],
      );
    runtime.scopes.run(
      () => {
        expect(failing).toThrow("inside");
        expect(runtime.statistics().liveArrays).toBe(0);
        runtime.newStorage(4096, "temporary of the outer scope");
      },
      () => [],
    );
    expect(runtime.statistics().liveArrays).toBe(0);
    const outside = runtime.newStorage(4096, "outside");
    expect(outside.alive).toBe(true);
  });
});
