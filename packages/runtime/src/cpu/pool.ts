/**
 * The worker threads of the CPU device, as seen from the main thread.
 *
 * Jobs do not pass through here: generated code forks and joins by itself through the control block (see
 * codegen-wasm's `abi.ts`). The pool starts workers, gives them modules, and cleans up after failures.
 */
import { abi } from "@fluxion/codegen-wasm";
import type { CpuMemory } from "./memory.ts";
import { canBlock, spawnWorker, type WorkerThread } from "./spawn.ts";
import {
  type CountedMessage,
  type InitMessage,
  type ProblemMessage,
  RECEIVED_WORD,
  WORKER_SOURCE,
} from "./worker-source.ts";

/** How long an idle worker watches for the next job before it sleeps; waking it then costs tens of µs. */
const SPIN_MILLISECONDS = 0.1;

interface PoolWorker {
  readonly index: number;
  thread: WorkerThread | undefined;
  alive: boolean;
}

const word = (address: number): number => address / 4;

export class ThreadPool {
  readonly #memory: CpuMemory;
  /** The control block. Growing the memory does not invalidate it. */
  readonly #i32: Int32Array;
  readonly #i64: BigInt64Array;
  readonly #workers: PoolWorker[] = [];
  readonly #modules = new Map<number, WebAssembly.Module>();
  #nextModule = 0;
  #dropped: number[] = [];
  #threads = 1;
  #hasPrograms = false;
  #closed = false;
  /** What went wrong in workers outside of jobs; they then help less, but nothing is lost. */
  readonly problems: string[] = [];

  /** `memory` must be shared. */
  constructor(memory: CpuMemory) {
    this.#memory = memory;
    this.#i32 = new Int32Array(memory.wasm.buffer, 0, word(abi.RESERVED_BYTES));
    this.#i64 = new BigInt64Array(memory.wasm.buffer, 0, abi.RESERVED_BYTES / 8);
    this.#i32[word(abi.CAN_BLOCK)] = canBlock() ? 1 : 0;
    this.#i32[word(abi.MAILBOX)] = 1; // 0 in a worker's slot means that it has not started
  }

  get threads(): number {
    return this.#threads;
  }

  /**
   * Sets how many threads, the main one included, take part in jobs from now on. Workers start with the first
   * program; surplus ones sleep.
   */
  set threads(count: number) {
    if (!(Number.isInteger(count) && count >= 1 && count <= abi.MAX_THREADS)) {
      throw new RangeError(
        `the number of threads must be an integer from 1 to ${abi.MAX_THREADS}, got ${count}`,
      );
    }
    this.#threads = this.#closed ? 1 : count;
    Atomics.store(this.#i32, word(abi.LIMIT), this.#threads - 1);
    Atomics.notify(this.#i32, word(abi.LIMIT));
    this.#wakeAll();
    if (this.#hasPrograms) this.#startWorkers();
  }

  /** Says that a program will come: workers take as long to start as a program to compile. */
  expectProgram(): void {
    this.#hasPrograms = true;
    this.#startWorkers();
  }

  /** Registers a module that forks and sends it to the workers. Returns the number that the module must be told. */
  addModule(module: WebAssembly.Module): number {
    const id = this.#nextModule++;
    this.#modules.set(id, module);
    if (this.#dropped.length > 0) this.#broadcast({ kind: "drop", ids: this.#dropped.splice(0) });
    this.#broadcast({ kind: "module", id, module });
    this.expectProgram();
    return id;
  }

  /** Lets workers forget a module; they learn of it with the next message. */
  dropModule(id: number): void {
    if (this.#modules.delete(id)) this.#dropped.push(id);
  }

  /** Resolves when every living worker has started and has received all modules. */
  async ready(): Promise<void> {
    while (this.#workers.some((worker) => worker.alive && !this.#isUpToDate(worker))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * To be called when generated code has thrown: waits until no worker runs a chunk of the interrupted job,
   * and returns the error to throw, which is the worker's own if one failed.
   */
  recover(error: unknown): unknown {
    const i32 = this.#i32;
    const mine = word(abi.slotAddress(0));
    const rest = this.#takeRest();
    const others = i32[word(abi.JOB_EXTENT)] - rest - i32[mine];
    for (;;) {
      const done = Atomics.load(i32, word(abi.DONE));
      if (done === others) break;
      if (i32[word(abi.CAN_BLOCK)]) Atomics.wait(i32, word(abi.DONE), done, 1);
    }
    Atomics.store(i32, word(abi.DONE), i32[word(abi.JOB_EXTENT)]);
    i32[mine] = 0;
    Atomics.store(i32, word(abi.MAIN_WAITS), 0);
    return this.#takeFailure(error) ?? error;
  }

  /** Ends all workers for good; everything then runs on the main thread. */
  close(): void {
    this.#closed = true;
    // First of all, so that none of them takes a chunk and is ended in the middle of it.
    Atomics.store(this.#i32, word(abi.LIMIT), 0);
    for (const worker of this.#workers) {
      worker.alive = false;
      worker.thread?.terminate();
    }
    this.#workers.length = 0;
    this.#modules.clear();
    this.#threads = 1;
  }

  #startWorkers(): void {
    while (this.#workers.length < this.#threads - 1 && !this.#closed) {
      const index = this.#workers.length;
      const worker: PoolWorker = { index, alive: true, thread: undefined };
      this.#workers.push(worker);
      try {
        worker.thread = spawnWorker(WORKER_SOURCE, `fluxion-${index}`, {
          onMessage: (message) => this.problems.push((message as ProblemMessage).text),
          onDeath: (reason) => this.#bury(worker, reason),
        });
        worker.thread.post(this.#initMessage(index));
      } catch (error) {
        this.#bury(worker, String(error)); // for one, a page's security policy that forbids workers
      }
    }
  }

  #initMessage(index: number): InitMessage {
    return {
      kind: "init",
      memory: this.#memory.wasm,
      index,
      mailbox: Atomics.load(this.#i32, word(abi.MAILBOX)),
      spinMilliseconds: SPIN_MILLISECONDS,
      modules: [...this.#modules],
    };
  }

  /** A dead worker's place stays empty: the others do its share. */
  #bury(worker: PoolWorker, reason: string): void {
    if (!worker.alive) return;
    worker.alive = false;
    this.problems.push(`worker ${worker.index} ended: ${reason}`);
    if (this.#hasStarted(worker)) Atomics.sub(this.#i32, word(abi.READY), 1);
  }

  #hasStarted(worker: PoolWorker): boolean {
    return Atomics.load(this.#i32, this.#receivedWord(worker)) !== 0;
  }

  #isUpToDate(worker: PoolWorker): boolean {
    const received = Atomics.load(this.#i32, this.#receivedWord(worker));
    return received === Atomics.load(this.#i32, word(abi.MAILBOX));
  }

  #receivedWord(worker: PoolWorker): number {
    return word(abi.slotAddress(worker.index + 1)) + RECEIVED_WORD;
  }

  #broadcast(message: CountedMessage): void {
    Atomics.add(this.#i32, word(abi.MAILBOX), 1);
    for (const worker of this.#workers) if (worker.alive) worker.thread?.post(message);
    this.#wakeAll();
  }

  /** Makes every worker look at the control block again. The new epoch is one without a job. */
  #wakeAll(): void {
    Atomics.add(this.#i32, word(abi.EPOCH), 1);
    Atomics.notify(this.#i32, word(abi.EPOCH));
    Atomics.notify(this.#i32, word(abi.LIMIT));
  }

  #takeRest(): number {
    const at = abi.TICKET / 8;
    for (;;) {
      const ticket = Atomics.load(this.#i64, at);
      const rest = Number(BigInt.asUintN(32, ticket));
      if (rest === 0) return 0;
      const taken = BigInt.asIntN(64, ticket - BigInt(rest));
      if (Atomics.compareExchange(this.#i64, at, ticket, taken) === ticket) return rest;
    }
  }

  #takeFailure(cause: unknown): Error | undefined {
    const i32 = this.#i32;
    const slot = Atomics.exchange(i32, word(abi.FAILED), 0) - 1;
    if (slot < 0) return undefined;
    const length = i32[word(abi.FAILURE_LENGTH)];
    const text = new Uint16Array(i32.buffer, abi.FAILURE_TEXT, length);
    const kernel = i32[word(abi.JOB_KERNEL)];
    return new Error(
      `kernel ${kernel} failed on worker thread ${slot - 1}: ${String.fromCharCode(...text)}`,
      {
        cause,
      },
    );
  }
}
