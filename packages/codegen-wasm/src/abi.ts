/**
 * What generated modules and the CPU runtime agree on: the control block at the bottom of memory.
 *
 * Memory below `RESERVED_BYTES` never holds an array. Everything that several threads touch while kernels
 * run sits on a cache line of its own. Offsets are in bytes; every field is an aligned i32 except `TICKET`.
 *
 * The fork-join protocol (`emit/parallel.ts` is the main thread's half and the taking of work, the runtime's
 * worker loop the other half):
 *
 * 1. Fork: main writes the `JOB_*` fields, sets `DONE` to 0, publishes `TICKET = (seq, extent)` and then
 *    `EPOCH = seq`. It wakes workers only when `SLEEPERS` is not 0.
 * 2. Work: a thread reads `TICKET = (seq, r)` and, while r > 0, replaces it by (seq, r - n). Success gives it the
 *    iterations [extent - r, extent - r + n). A ticket with r = 0 or another seq gives nothing, so a thread that is
 *    late, or that saw fields of two jobs, can never run a wrong chunk: the fields change only while r = 0,
 *    and a successful exchange on (seq, r > 0) proves that job seq was open from the reading of the ticket on.
 * 3. Join: who finishes n iterations adds n to `DONE`. Main waits until `DONE = extent`. Workers that took nothing
 *    take no part, so nobody waits for a thread that sleeps.
 */

export const RESERVED_BYTES = 4096;

/** i64: low half iterations that nobody has taken yet, high half the job's sequence number. */
export const TICKET = 64;
/** Iterations of the current job that are finished. */
export const DONE = 128;
/** Sequence number of the latest job; idle workers watch it and sleep on it. */
export const EPOCH = 192;

export const JOB_KERNEL = 256;
export const JOB_FRAME = 260;
export const JOB_EXTENT = 264;
/** Least number of iterations that are worth a chunk. */
export const JOB_GRAIN = 268;
/** A chunk is the untaken rest divided by this (twice the number of threads), but at least the grain. */
export const JOB_SHARES = 272;
/** Which module the job belongs to. */
export const JOB_MODULE = 276;

/** Workers that are about to sleep or asleep on `EPOCH`. */
export const SLEEPERS = 320;
/** 1 while the main thread sleeps on `DONE`. */
export const MAIN_WAITS = 384;

/** Workers that have started. */
export const READY = 448;
/** Workers that may take part; those with a higher index park on this word. */
export const LIMIT = 452;
/** 1 if the main thread may block (Node), 0 if it has to spin (the main thread of a page). */
export const CAN_BLOCK = 456;
/** Number of messages posted to every worker; one that has received fewer returns to its event loop. */
export const MAILBOX = 460;

/** Not 0 once a chunk of the current job has failed: 1 + the slot of the first thread that failed. */
export const FAILED = 512;
/** Length and UTF-16 code units of the failure's message. */
export const FAILURE_LENGTH = 516;
export const FAILURE_TEXT = 520;
export const FAILURE_MAX_LENGTH = 200;

/** Per thread: iterations taken and not yet finished. Slot 0 is the main thread, worker i has slot i + 1. */
export const SLOTS = 1024;
export const SLOT_BYTES = 32;
export const MAX_THREADS = 64;

export function slotAddress(slot: number): number {
  return SLOTS + slot * SLOT_BYTES;
}

/** Names at the module boundary. */
export const IMPORT_MODULE = "env";
export const IMPORT_MEMORY = "memory";
export const EXPORT_MAIN = "main";
export const EXPORT_TASK = "task";
/** `work(seq, slot)`: takes chunks of job `seq` until none is left. Only in modules that fork. */
export const EXPORT_WORK = "work";
/** Mutable i32 global by which the runtime tells a module its number. Only in modules that fork. */
export const EXPORT_MODULE_ID = "moduleId";

export const PAGE_BYTES = 65536;
/** Pages of the largest memory; the last one is never handed out, so that no array ends at 2^32. */
export const MAX_PAGES = 65536;
