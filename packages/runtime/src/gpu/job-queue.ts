/**
 * The order of a device's work. A job runs at once where it can, and then costs nothing; one that must wait (for the device,
 * a pipeline, the value of a loop's condition) holds back all that were added after it. So what is written is read in the
 * order of the program, and memory that one job gives back may be taken by the next.
 */

/** Runs; a promise if it is not done when it returns. */
export type Job = () => Promise<void> | undefined;

export class JobQueue {
  #last: Promise<void> | undefined;

  get isIdle(): boolean {
    return this.#last === undefined;
  }

  /**
   * Adds a job. What it throws at once is thrown here; how it fails later is told to `failed`.
   */
  add(job: Job, failed: (error: unknown) => void): void {
    const rest = this.#last === undefined ? job() : this.#last.then(job);
    if (rest === undefined) return;
    const last: Promise<void> = rest.catch(failed).then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    this.#last = last;
  }

  /** Resolves when all jobs that were added so far are done or have failed. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
