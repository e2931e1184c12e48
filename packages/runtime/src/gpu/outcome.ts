/**
 * Whether what was computed can be trusted. WebGPU tells of failures later, so an array carries an outcome: it fails if its
 * own program did, or what that read. Once known to be good, nothing is kept of how an array came about.
 */
export class Outcome {
  /** Of everything that has succeeded. */
  static readonly good = new Outcome(undefined);

  /** Resolves when it is known; absent once it is. Never rejects. */
  settled: Promise<void> | undefined;
  failure: Error | undefined;

  /** @param checks reject with what went wrong */
  constructor(checks: readonly Promise<void>[] | undefined) {
    this.settled =
      checks &&
      (checks.length === 1 ? checks[0] : Promise.all(checks)).then(
        () => this.#settle(undefined),
        (error: unknown) => this.#settle(error),
      );
  }

  #settle(error: unknown): void {
    this.settled = undefined;
    this.failure = error === undefined ? undefined : asError(error);
  }

  /** Whether it is known that all went well. */
  get isGood(): boolean {
    return this.settled === undefined && this.failure === undefined;
  }

  /** Waits. @throws what went wrong */
  async check(): Promise<void> {
    await this.settled;
    if (this.failure !== undefined) throw this.failure;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
