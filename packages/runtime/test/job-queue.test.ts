/** The order of a device's work, and waiting for it. */
import { describe, expect, it } from "vitest";
import { JobQueue } from "../src/gpu/job-queue.ts";
import { expectPolling, waitFor } from "../src/gpu/polling.ts";

const fail = (error: unknown): never => {
  throw error;
};

describe("the job queue", () => {
  it("runs jobs at once while none waits, and throws what they throw", () => {
    const queue = new JobQueue();
    const done: number[] = [];
    const job = (n: number) => (): undefined => {
      done.push(n);
    };
    queue.add(job(1), fail);
    expect(() => queue.add(() => fail(new Error("at once")), fail)).toThrow("at once");
    queue.add(job(2), fail);
    expect(done).toEqual([1, 2]);
  });

  it("runs thousands behind one that waits, in their order, and tells those that fail", async () => {
    const queue = new JobQueue();
    const first = Promise.withResolvers<void>();
    const done: number[] = [];
    const told: unknown[] = [];
    queue.add(
      () => first.promise,
      (error) => told.push(error),
    );
    for (let n = 0; n < 5000; n++)
      queue.add(
        () => {
          done.push(n);
          if (n === 2000) throw n;
          return n % 1000 === 0 ? Promise.resolve() : n === 3001 ? Promise.reject(n) : undefined;
        },
        (error) => told.push(error),
      );
    expect(done).toEqual([]);
    first.reject("first");
    await queue.settled();
    expect(done).toEqual(Array.from({ length: 5000 }, (_, n) => n));
    expect(told).toEqual(["first", 2000, 3001]);
  });

  it("runs what a job adds behind what was there before", async () => {
    const queue = new JobQueue();
    const done: string[] = [];
    const log = (text: string) => (): undefined => {
      done.push(text);
    };
    queue.add(() => Promise.resolve(), fail);
    queue.add(() => {
      queue.add(log("added"), fail);
      done.push("adds");
      return undefined;
    }, fail);
    queue.add(log("last"), fail);
    await queue.settled();
    expect(done).toEqual(["adds", "last", "added"]);
    queue.add(log("at once"), fail);
    expect(done.at(-1)).toBe("at once");
  });
});

describe("waiting for a GPU that is polled", () => {
  const after = (milliseconds: number): Promise<number> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds, milliseconds));

  it("gives what the promise gives, and lets the event loop go on", async () => {
    expectPolling();
    await expect(waitFor(Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    const waits = [5, 1, 20].map((time) => waitFor(after(time)));
    expect(await after(2)).toBe(2);
    expect(await Promise.all(waits)).toEqual([5, 1, 20]);
  });
});
