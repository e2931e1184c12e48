/**
 * Reading arrays back. What is asked for in one turn of the event loop comes back together: one copy into one staging buffer,
 * one wait.
 */

import { bytesOf } from "@fluxion/ir";
import { type DeviceLostError, WebGpuError } from "./errors.ts";
import { mapModeRead } from "./flags.ts";
import type { GpuBuffer } from "./gpu-buffer.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Resource } from "./memory.ts";
import { waitFor } from "./polling.ts";
import type { Session } from "./session.ts";

interface Request {
  readonly buffer: GpuBuffer;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: unknown) => void;
}

/** A request whose elements are on their way. */
interface Copy {
  readonly request: Request;
  readonly resource: Resource;
  readonly offset: number;
  readonly bytes: number;
}

const pad = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

export class Readback {
  readonly #device: GpuDevice;
  #requests: Request[] = [];

  constructor(device: GpuDevice) {
    this.#device = device;
  }

  /** The bytes of an array as it is now, whatever is done to it afterwards. */
  request(buffer: GpuBuffer): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ buffer, resolve, reject });
      if (this.#requests.length === 1) queueMicrotask(() => this.flush());
    });
  }

  /** Copies what was asked for. To be called before anything else is done to the device's arrays. */
  flush(): void {
    if (this.#requests.length === 0) return;
    const requests = this.#requests;
    this.#requests = [];
    const failed = (error: unknown): void => {
      for (const { reject } of requests) reject(error);
    };
    try {
      this.#device.addJob(() => this.#copyAll(requests), failed);
    } catch (error) {
      failed(error);
    }
  }

  #copyAll(requests: readonly Request[]): undefined {
    const bySession = new Map<Session, Copy[]>();
    for (const request of requests) {
      const { session, block, type } = request.buffer;
      if (session === undefined || block === undefined || session.lost !== undefined) {
        void refuse(request);
        continue;
      }
      const whole = { request, resource: block, offset: 0, bytes: bytesOf(type) };
      if (block.check !== undefined || block.failed) {
        // There may be no memory for it: commands that read it are then refused, with all else that they read.
        void deliver(session, [whole]);
        continue;
      }
      const copies = bySession.get(session) ?? [];
      bySession.set(session, copies);
      const last = copies.at(-1);
      const offset = last === undefined ? 0 : last.offset + pad(last.bytes);
      copies.push({ ...whole, offset });
    }
    for (const [session, copies] of bySession) void deliver(session, copies);
  }
}

/** Elements that there are not, for a reason that is known or will be. */
async function refuse({ buffer, reject }: Request): Promise<void> {
  try {
    await buffer.outcome.check();
    reject(buffer.problem ?? new WebGpuError("the array has no elements: it was disposed of"));
  } catch (error) {
    reject(error);
  }
}

async function deliver(session: Session, copies: readonly Copy[]): Promise<void> {
  try {
    const all = await readPieces(session, copies);
    session.assertSound();
    for (const [i, { request }] of copies.entries()) {
      request.buffer.outcome.check().then(() => request.resolve(all[i]), request.reject);
    }
  } catch (error) {
    for (const { request } of copies)
      request.buffer.outcome.check().then(() => request.reject(error), request.reject);
  }
}

type Piece = Pick<Copy, "resource" | "offset" | "bytes">;

/** Copies pieces through one staging buffer and waits for them. The copy is submitted before this returns. */
export async function readPieces(
  session: Session,
  pieces: readonly Piece[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const last = pieces[pieces.length - 1];
  const total = last.offset + pad(last.bytes);
  const staging = session.staging.take(total);
  const encoder = session.device.createCommandEncoder();
  for (const { resource, offset, bytes } of pieces)
    encoder.copyBufferToBuffer(resource.buffer, resource.offset, staging, offset, pad(bytes));
  session.device.queue.submit([encoder.finish()]);
  try {
    await waitFor(staging.mapAsync(mapModeRead, 0, total));
  } catch (error) {
    if (await session.staging.lacksMemory(staging))
      throw session.memory.lacking(total, "elements that are read");
    throw await reasonOf(session, error);
  }
  const mapped = staging.getMappedRange(0, total);
  const results = pieces.map(({ offset, bytes }) => new Uint8Array(mapped.slice(offset, offset + bytes)));
  staging.unmap();
  session.staging.give(staging);
  return results;
}

/** The bytes of one buffer, now: what a loop's condition says. */
export async function readNow(session: Session, resource: Resource): Promise<Uint8Array<ArrayBuffer>> {
  const [bytes] = await readPieces(session, [{ resource, offset: 0, bytes: 16 }]);
  return bytes;
}

/** Milliseconds in which a loss shows after a read has failed. */
const PATIENCE = 500;

/** A read fails when the device is lost, a little before that is announced. */
async function reasonOf(session: Session, error: unknown): Promise<Error> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE);
  });
  const lost: DeviceLostError | undefined = await Promise.race([session.whenLost, late]);
  clearTimeout(timer);
  return (
    lost ??
    new WebGpuError(`the GPU did not give its results: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  );
}
