/** Starting a worker thread from source text, in Node and in pages. */

export interface WorkerThread {
  post(message: unknown): void;
  /** Ends the thread at once, whatever it is doing. */
  terminate(): void;
}

export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** The thread ended or could not start; called at most once, not after `terminate`. */
  onDeath(reason: string): void;
}

/** Starts a thread that does not keep the process alive. */
export function spawnWorker(source: string, name: string, events: WorkerEvents): WorkerThread {
  return inNode() ? spawnInNode(source, name, events) : spawnInPage(source, name, events);
}

export function inNode(): boolean {
  return typeof process === "object" && typeof process.getBuiltinModule === "function";
}

/** Threads that the machine runs at once. */
export function hardwareThreads(): number {
  if (inNode()) return process.getBuiltinModule("node:os").availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether a memory can be shared with workers: always in Node, in pages only when cross-origin isolated. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  return inNode() || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

/** Whether this thread may sleep in `Atomics.wait`; the main thread of a page may not. */
export function canBlock(): boolean {
  return typeof (globalThis as { window?: unknown }).window === "undefined";
}

function spawnInNode(source: string, name: string, events: WorkerEvents): WorkerThread {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  // No inherited flags: loaders and conditions of the user's program mean nothing to the worker.
  const worker = new Worker(source, { eval: true, name, execArgv: [], env: {} });
  let over = false;
  const die = (reason: string) => {
    if (over) return;
    over = true;
    events.onDeath(reason);
  };
  worker.on("message", (message) => events.onMessage(message));
  worker.on("error", (error) => die(String(error)));
  worker.on("exit", (code) => die(`exit code ${code}`));
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    terminate() {
      over = true;
      void worker.terminate();
    },
  };
}

function spawnInPage(source: string, name: string, events: WorkerEvents): WorkerThread {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { name });
  let over = false;
  worker.onmessage = (event) => {
    events.onMessage(event.data);
  };
  worker.onerror = (event) => {
    if (over) return;
    over = true;
    events.onDeath(event.message || "the worker could not start");
  };
  return {
    post: (message) => worker.postMessage(message),
    terminate() {
      over = true;
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
