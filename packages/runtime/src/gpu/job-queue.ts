/**
 * The order of a device's work. A job runs at once where it can, and then costs nothing; one that must wait (for the device,
 * a pipeline, the value of a loop's condition) holds back all that were added after it. So what is written is read in the
 * order of the program, and memory that one job gives back may be taken by the next.
 *
 * Jobs that wait are a list, not a chain of promises: a program that never awaits adds tens of thousands.
 */

/** Runs; a promise if it is not done when it returns. */
export type Job = () => Promise<void> | undefined;

interface Waiting {
  readonly job: Job;
  readonly failed: (error: unknown) => void;
}

/** So many jobs that are done may lie before those that wait. */
const MOST_DONE = 1024;

export class JobQueue {
  #busy = false;
  #waiting: Waiting[] = [];
  /** Position of the next job. */
  #next = 0;

  /**
   * Adds a job. What it throws at once is thrown here; how it fails later is told to `failed`.
   */
  add(job: Job, failed: (error: unknown) => void): void {
    if (this.#busy) {
      this.#waiting.push({ job, failed });
      return;
    }
    const rest = job();
    if (rest === undefined) return;
    this.#busy = true;
    void this.#drain(rest, failed);
  }

  /** Resolves when all jobs that were added so far are done or have failed. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.add(
        () => {
          resolve();
          return undefined;
        },
        () => {},
      );
    });
  }

  /** Waits for the job that is under way, then runs those that wait for it. */
  async #drain(rest: Promise<void>, failed: (error: unknown) => void): Promise<void> {
    await rest.catch(failed);
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        const more = next.job();
        if (more !== undefined) await more;
      } catch (error) {
        next.failed(error);
      }
    }
    this.#busy = false;
  }

  #take(): Waiting | undefined {
    if (this.#next >= MOST_DONE) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#next < this.#waiting.length) return this.#waiting[this.#next++];
    this.#waiting = [];
    this.#next = 0;
    return undefined;
  }
}
