/**
 * The arena and the scratch memory that all executables of a device share: programs run one after another, so one block as
 * large as the largest need serves them all.
 */

import type { CpuRuntime } from "./cpu-runtime.ts";

export class Workspace {
  readonly #runtime: CpuRuntime;
  #address = 0;
  #bytes = 0;
  /** Changes whenever the block moves. */
  version = 0;

  constructor(runtime: CpuRuntime) {
    this.#runtime = runtime;
  }

  get address(): number {
    return this.#address;
  }

  /** Makes room for so many bytes. */
  reserve(bytes: number, name: string): void {
    if (bytes <= this.#bytes) return;
    const address = this.#runtime.alloc(bytes, () => `temporaries of ${name}`);
    if (this.#address !== 0) this.#runtime.free(this.#address);
    this.#address = address;
    this.#bytes = bytes;
    this.version++;
  }
}
