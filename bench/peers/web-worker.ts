/** As much of the Web Worker interface as libraries made for pages need to start their workers in Node. */
import { resolveObjectURL } from "node:buffer";
import { Worker as NodeWorker } from "node:worker_threads";

const prelude = `
const { parentPort } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => globalThis.onmessage?.({ data }));
`;

interface Message {
  readonly data: unknown;
}

class WebWorker {
  onmessage: ((event: Message) => void) | null = null;
  onerror: ((error: Error) => void) | null = null;
  readonly #worker: Promise<NodeWorker>;

  constructor(url: string) {
    this.#worker = this.#start(url);
    this.#worker.catch((error) => this.onerror?.(error));
  }

  async #start(url: string): Promise<NodeWorker> {
    const blob = resolveObjectURL(url);
    if (!blob) throw new Error(`${url} is not the address of a blob`);
    const worker = new NodeWorker(prelude + (await blob.text()), { eval: true });
    worker.on("message", (data) => this.onmessage?.({ data }));
    worker.on("error", (error: Error) => this.onerror?.(error));
    return worker;
  }

  postMessage(message: unknown): void {
    if (this.#started) this.#started.postMessage(message);
    else
      this.#worker.then((worker) => {
        this.#started = worker;
        worker.postMessage(message);
      });
  }

  #started: NodeWorker | undefined;

  terminate(): void {
    this.#worker.then((worker) => worker.terminate());
  }
}

/** Sets the global `Worker`. */
export function provideWorker(): void {
  Object.assign(globalThis, { Worker: WebWorker });
}
