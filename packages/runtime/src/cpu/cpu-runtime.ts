/**
 * The bottom of the CPU device: one memory, one allocator, one pool of threads, and modules that run in them.
 * It knows bytes and labels, not tensors.
 */
import { abi, wasmFeatures } from "@fluxion/codegen-wasm";
import { Allocator } from "./allocator.ts";
import { findCollector } from "./collector.ts";
import { OutOfMemoryError } from "./errors.ts";
import { CpuMemory } from "./memory.ts";
import { ThreadPool } from "./pool.ts";
import { FinalizingReclaimer, type Reclaimer, SweepingReclaimer } from "./reclaim.ts";
import { Scopes } from "./scope.ts";
import { canShareMemory, hardwareThreads } from "./spawn.ts";
import { readWords, SMALL_BYTES, Storage, smallWords, writeWords } from "./storage.ts";

export interface CpuRuntimeOptions {
  /** Threads that work on a kernel, the main one included. Default: what the machine runs at once, at most 16. */
  readonly threads?: number;
  /** Most bytes of memory; at most, and by default, 4 GiB. */
  readonly maximumBytes?: number;
  /** Whether to use shared memory; false means one thread. Default: wherever the platform has it. */
  readonly shared?: boolean;
  /** How dropped arrays are found: see `reclaim.ts`. Default: `sweep` in Node, `finalize` elsewhere. */
  readonly reclaim?: "sweep" | "finalize";
}

/** Starting a worker takes the main thread some milliseconds, so a large machine has to be asked for all of it. */
const MOST_THREADS_BY_DEFAULT = 16;

/** What an allocation is for, in an error message; a function is only called when there is an error. */
export type Label = string | (() => string);

/** The memory's numbers; arrays kept in JavaScript memory (small ones) are not among them. */
export interface MemoryStatistics {
  readonly liveBytes: number;
  readonly liveArrays: number;
  /** Largest value that `liveBytes` has had. */
  readonly highWaterBytes: number;
  /** Bytes that the memory has grown to. */
  readonly capacityBytes: number;
  /** Bytes that it can grow to. */
  readonly limitBytes: number;
}

/** A module that runs in the runtime's memory. */
export interface CpuInstance {
  /**
   * Runs the module's entry on the table of addresses at `frame`.
   *
   * @throws Error if a kernel fails, on whichever thread; no thread runs any of its work afterwards.
   */
  main(frame: number): void;
  readonly exports: WebAssembly.Exports;
  /** Lets the worker threads forget the module. It still runs, on the main thread alone. */
  dispose(): void;
}

type MainFunction = (frame: number) => void;

export class CpuRuntime {
  readonly memory: CpuMemory;
  readonly #allocator: Allocator;
  readonly #pool: ThreadPool | undefined;
  readonly #reclaimer: Reclaimer;
  /** Pieces of synchronous code whose arrays are freed at their end. */
  readonly scopes = new Scopes<Storage>();
  readonly #instances = new FinalizationRegistry<number>((id) => this.#pool?.dropModule(id));

  constructor(options: CpuRuntimeOptions = {}) {
    if (options.shared === true && !canShareMemory()) {
      throw new Error("shared memory needs a page that is cross-origin isolated (headers COOP and COEP)");
    }
    const shared = options.shared ?? (canShareMemory() && wasmFeatures().threads);
    this.memory = new CpuMemory({ shared, maximumBytes: options.maximumBytes });
    this.#allocator = new Allocator(this.memory);
    if (shared) this.#pool = new ThreadPool(this.memory);
    const collector = options.reclaim === "finalize" ? undefined : findCollector();
    this.#reclaimer =
      collector === undefined
        ? new FinalizingReclaimer(this.#allocator)
        : new SweepingReclaimer(this.#allocator, collector);
    this.threads = options.threads ?? Math.min(hardwareThreads(), MOST_THREADS_BY_DEFAULT);
  }

  /** Threads that work on a kernel, the main one included: 1 without shared memory, whatever was asked for. */
  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  /** @throws RangeError unless it is an integer from 1 to 64. */
  set threads(count: number) {
    if (this.#pool !== undefined) this.#pool.threads = count;
    else if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`the number of threads must be a positive integer, got ${count}`);
    }
  }

  /**
   * Address of `bytes` uninitialised bytes, a multiple of 64, to be given back with `free`. The views of `memory`
   * may change.
   *
   * @throws OutOfMemoryError if they do not fit; nothing else is affected.
   */
  alloc(bytes: number, label: Label): number {
    this.#reclaimer.beforeAllocation(bytes);
    let address = this.#allocator.allocate(bytes);
    if (address === 0 && this.#reclaimer.reclaimNow()) address = this.#allocator.allocate(bytes);
    if (address === 0) throw this.#outOfMemory(bytes, label);
    return address;
  }

  /** Gives memory of `alloc` back. @throws Error if it is not in use. */
  free(address: number): void {
    this.#allocator.free(address);
  }

  /**
   * The storage of a new array of `bytes` bytes, reclaimed when it is dropped. Its contents are undefined.
   *
   * @throws OutOfMemoryError as `alloc`.
   */
  newStorage(bytes: number, label: Label): Storage {
    const storage =
      bytes <= SMALL_BYTES
        ? new Storage(this.#reclaimer, bytes, 0, smallWords(bytes))
        : new Storage(this.#reclaimer, bytes, this.alloc(bytes, label), undefined);
    this.scopes.add(storage);
    return storage;
  }

  /** A small array (at most `SMALL_BYTES`) with the bytes that a module left at `address`. */
  readSmall(address: number, bytes: number): Storage {
    const storage = new Storage(this.#reclaimer, bytes, 0, readWords(this.memory, address, bytes));
    this.scopes.add(storage);
    return storage;
  }

  /** A storage for a block that the caller owns, from `alloc` or `Storage.release`. */
  adopt(address: number, bytes: number): Storage {
    const storage = this.keep(address, bytes);
    this.scopes.add(storage);
    return storage;
  }

  /** As `adopt`, for what outlives the scope that is open: no array, but part of a program. */
  keep(address: number, bytes: number): Storage {
    return new Storage(this.#reclaimer, bytes, address, undefined);
  }

  /**
   * Where a module finds the array: its address, or `staging`, to which a small array is copied (whole words: up to
   * 3 bytes more than it has).
   *
   * @throws Error if the array was disposed of or donated.
   */
  locate(storage: Storage, staging: number): number {
    if (storage.address !== 0) return storage.address;
    writeWords(this.memory, staging, wordsOf(storage));
    return staging;
  }

  /** A copy of the array's bytes, in unshared memory. @throws Error as `locate`. */
  read(storage: Storage): Uint8Array<ArrayBuffer> {
    const { address, bytes } = storage;
    const copy = new Uint8Array(bytes);
    if (address !== 0) copy.set(this.memory.u8.subarray(address, address + bytes));
    else {
      const words = wordsOf(storage);
      copy.set(new Uint8Array(words.buffer, words.byteOffset, bytes));
    }
    return copy;
  }

  /** Overwrites the array with as many bytes. @throws Error as `locate`. */
  write(storage: Storage, bytes: Uint8Array): void {
    if (bytes.length !== storage.bytes) {
      throw new RangeError(`${bytes.length} bytes were given for an array of ${storage.bytes}`);
    }
    if (storage.address !== 0) this.memory.u8.set(bytes, storage.address);
    else {
      const words = wordsOf(storage);
      new Uint8Array(words.buffer, words.byteOffset, bytes.length).set(bytes);
    }
  }

  /** Frees all dropped arrays now, where the platform can tell (Node); returns whether there were any. */
  reclaimNow(): boolean {
    return this.#reclaimer.reclaimNow();
  }

  statistics(): MemoryStatistics {
    return {
      liveBytes: this.#allocator.liveBytes,
      liveArrays: this.#allocator.liveBlocks,
      highWaterBytes: this.#allocator.highWater,
      capacityBytes: this.memory.capacity,
      limitBytes: this.memory.maximum,
    };
  }

  /** To be called before the first program is compiled, so that the workers start meanwhile. */
  expectProgram(): void {
    this.#pool?.expectProgram();
  }

  /** Instantiates a module of the shape in codegen-wasm's `abi.ts`. Forking modules also go to the workers. */
  instantiate(module: WebAssembly.Module): CpuInstance {
    const imports = { [abi.IMPORT_MODULE]: { [abi.IMPORT_MEMORY]: this.memory.wasm } };
    const { exports } = new WebAssembly.Instance(module, imports);
    const entry = exports[abi.EXPORT_MAIN] as MainFunction;
    const pool = this.#pool;
    if (pool === undefined || !(abi.EXPORT_WORK in exports)) {
      return { main: entry, exports, dispose: () => {} };
    }
    const id = pool.addModule(module);
    (exports[abi.EXPORT_MODULE_ID] as WebAssembly.Global).value = id;
    const main = (frame: number): void => {
      try {
        entry(frame);
      } catch (error) {
        throw pool.recover(error);
      }
    };
    const instance: CpuInstance = { main, exports, dispose: () => pool.dropModule(id) };
    this.#instances.register(main, id);
    return instance;
  }

  /** Resolves when all workers have started and have all modules; for measurements. */
  async ready(): Promise<void> {
    await this.#pool?.ready();
  }

  /** What went wrong in worker threads outside of kernels, oldest first. */
  get problems(): readonly string[] {
    return this.#pool?.problems ?? [];
  }

  /** Ends the worker threads; kernels then run on the main thread. */
  close(): void {
    this.#pool?.close();
  }

  #outOfMemory(bytes: number, label: Label): OutOfMemoryError {
    return new OutOfMemoryError({
      label: typeof label === "string" ? label : label(),
      bytes,
      liveBytes: this.#allocator.liveBytes,
      liveArrays: this.#allocator.liveBlocks,
      largestAvailable: this.#allocator.largestAvailable(),
      limit: this.memory.maximum,
      droppedMayWait: !this.#reclaimer.immediate,
    });
  }
}

function wordsOf(storage: Storage): Int32Array {
  if (storage.words !== undefined) return storage.words;
  throw new Error("this array was disposed of or donated, so its elements are gone");
}
