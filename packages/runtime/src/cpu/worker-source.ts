/**
 * The program of a worker thread, as text: it needs no file of its own, so bundlers and pages need no set-up.
 *
 * A worker sits in `serve`: it spins for a short time after each job, then sleeps on `EPOCH`. It cannot receive
 * messages there, so whenever the main thread has posted one (`MAILBOX`) it returns to its event loop and
 * comes back once it has them all. Modules arrive by message, once each; a job of a module that a worker does
 * not have yet is simply done by the others. The protocol of jobs is in codegen-wasm's `abi.ts`.
 */
import { abi } from "@fluxion/codegen-wasm";

/** First message to a worker. */
export interface InitMessage {
  readonly kind: "init";
  readonly memory: WebAssembly.Memory;
  readonly index: number;
  /** Value of `MAILBOX` when this message was posted: later messages are counted from there. */
  readonly mailbox: number;
  readonly spinMilliseconds: number;
  readonly modules: readonly (readonly [id: number, module: WebAssembly.Module])[];
}

/** Later messages; `MAILBOX` counts them. */
export type CountedMessage =
  | { readonly kind: "module"; readonly id: number; readonly module: WebAssembly.Module }
  | { readonly kind: "drop"; readonly ids: readonly number[] };

/** What a worker posts back: a module that it could not instantiate, and so will not help with. */
export interface ProblemMessage {
  readonly kind: "problem";
  readonly text: string;
}

/** Word of a thread's slot in which a worker publishes how many messages it has received. */
export const RECEIVED_WORD = 1;

const word = (address: number): number => address / 4;

export const WORKER_SOURCE = `"use strict";
const inNode = typeof process === "object" && !!process.versions && !!process.versions.node;
const port = inNode ? require("node:worker_threads").parentPort : self;
const pause = Atomics.pause || (() => {});
const works = [];
let memory, i32, i64, u16, index, slot, slotWord, received, spinMilliseconds;

function init(message) {
  ({ memory, index, spinMilliseconds } = message);
  slot = index + 1;
  slotWord = ${word(abi.SLOTS)} + slot * ${word(abi.SLOT_BYTES)};
  received = message.mailbox;
  i32 = new Int32Array(memory.buffer, 0, ${word(abi.RESERVED_BYTES)});
  i64 = new BigInt64Array(memory.buffer, 0, ${abi.RESERVED_BYTES / 8});
  u16 = new Uint16Array(memory.buffer, 0, ${abi.RESERVED_BYTES / 2});
  for (const [id, module] of message.modules) addModule(id, module);
  Atomics.add(i32, ${word(abi.READY)}, 1);
}

function addModule(id, module) {
  try {
    const instance = new WebAssembly.Instance(module, { ${abi.IMPORT_MODULE}: { ${abi.IMPORT_MEMORY}: memory } });
    works[id] = instance.exports.${abi.EXPORT_WORK};
  } catch (error) {
    port.postMessage({ kind: "problem", text: "worker " + index + ": " + error });
  }
}

function receive(message) {
  if (message.kind === "init") init(message);
  else {
    received = (received + 1) | 0;
    if (message.kind === "module") addModule(message.id, message.module);
    else for (const id of message.ids) delete works[id];
  }
  Atomics.store(i32, slotWord + ${RECEIVED_WORD}, received);
  if (Atomics.load(i32, ${word(abi.MAILBOX)}) === received) serve();
}

function serve() {
  let seen = (Atomics.load(i32, ${word(abi.EPOCH)}) - 1) | 0; // so that the job under way is looked at
  for (;;) {
    if (Atomics.load(i32, ${word(abi.MAILBOX)}) !== received) return;
    // In this order: a job that is published after LIMIT was lowered is not touched by a surplus worker.
    const epoch = Atomics.load(i32, ${word(abi.EPOCH)});
    const limit = Atomics.load(i32, ${word(abi.LIMIT)});
    if (index >= limit) Atomics.wait(i32, ${word(abi.LIMIT)}, limit);
    else if (epoch === seen) idle(seen);
    else help((seen = epoch));
  }
}

function help(seq) {
  const work = works[Atomics.load(i32, ${word(abi.JOB_MODULE)})];
  if (work === undefined) return;
  try {
    work(seq, slot);
  } catch (error) {
    fail(seq, String(error));
  }
}

function idle(seen) {
  const end = performance.now() + spinMilliseconds;
  do {
    for (let k = 0; k < 64; k++) {
      if (Atomics.load(i32, ${word(abi.EPOCH)}) !== seen) return;
      pause();
    }
  } while (performance.now() < end);
  Atomics.add(i32, ${word(abi.SLEEPERS)}, 1);
  Atomics.wait(i32, ${word(abi.EPOCH)}, seen);
  Atomics.sub(i32, ${word(abi.SLEEPERS)}, 1);
}

// Publishes the error, takes what nobody has taken, and counts all of it as done, so that the join returns.
function fail(seq, text) {
  if (Atomics.compareExchange(i32, ${word(abi.FAILED)}, 0, 1 + slot) === 0) {
    const length = Math.min(text.length, ${abi.FAILURE_MAX_LENGTH});
    i32[${word(abi.FAILURE_LENGTH)}] = length;
    for (let k = 0; k < length; k++) u16[${abi.FAILURE_TEXT / 2} + k] = text.charCodeAt(k);
  }
  const finished = i32[slotWord] + takeRest(seq);
  i32[slotWord] = 0;
  Atomics.add(i32, ${word(abi.DONE)}, finished);
  if (Atomics.load(i32, ${word(abi.MAIN_WAITS)})) Atomics.notify(i32, ${word(abi.DONE)});
}

function takeRest(seq) {
  for (;;) {
    const ticket = Atomics.load(i64, ${abi.TICKET / 8});
    const rest = Number(BigInt.asUintN(32, ticket));
    if (rest === 0 || Number(BigInt.asIntN(32, ticket >> 32n)) !== seq) return 0;
    const taken = BigInt.asIntN(64, ticket - BigInt(rest));
    if (Atomics.compareExchange(i64, ${abi.TICKET / 8}, ticket, taken) === ticket) return rest;
  }
}

if (inNode) {
  port.on("message", receive);
  // Ending in the middle of a chunk must not leave the main thread waiting for it.
  process.on("exit", () => {
    if (i32 !== undefined && i32[slotWord] !== 0) fail(Atomics.load(i32, ${word(abi.EPOCH)}), "the worker thread exited");
  });
} else port.onmessage = (event) => receive(event.data);
`;
