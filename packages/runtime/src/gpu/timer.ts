/** Times of dispatches, by the GPU's own clock: each dispatch becomes a pass of its own that notes when it begins and ends. */

import { reportRun, type TimedKernel } from "../observer.ts";
import { BufferUsage } from "./flags.ts";
import { readPieces } from "./readback.ts";
import type { Session } from "./session.ts";

/** Dispatches of one call that are timed; a query set holds two queries for each. */
const MOST_TIMED = 1024;
const QUERY_BYTES = 8;

export class DispatchTimer {
  readonly #session: Session;
  readonly #program: string;
  readonly #queries: GPUQuerySet;
  readonly #names: string[] = [];

  constructor(session: Session, program: string) {
    this.#session = session;
    this.#program = program;
    this.#queries = session.device.createQuerySet({ type: "timestamp", count: 2 * MOST_TIMED });
  }

  /** What the pass of the next dispatch is made with; nothing if there were too many. */
  next(name: string): GPUComputePassDescriptor | undefined {
    const at = this.#names.length;
    if (at === MOST_TIMED) return undefined;
    this.#names.push(name);
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 2 * at,
        endOfPassWriteIndex: 2 * at + 1,
      },
    };
  }

  /** Reports the times once they are there. To be called when all was submitted. */
  async report(): Promise<void> {
    const { device } = this.#session;
    const count = 2 * this.#names.length;
    if (count === 0) return;
    const usage = BufferUsage.queryResolve | BufferUsage.copySource;
    const buffer = device.createBuffer({ size: Math.max(256, count * QUERY_BYTES), usage });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, count, buffer, 0);
    device.queue.submit([encoder.finish()]);
    const [bytes] = await readPieces(this.#session, [
      { resource: { id: 0, buffer, offset: 0, bytes: buffer.size }, offset: 0, bytes: count * QUERY_BYTES },
    ]);
    const times = new BigUint64Array(bytes.buffer);
    const kernels = this.#names.map(
      (name, i): TimedKernel => ({ name, milliseconds: Number(times[2 * i + 1] - times[2 * i]) / 1e6 }),
    );
    buffer.destroy();
    this.#queries.destroy();
    reportRun({ program: this.#program, kernels });
  }
}
