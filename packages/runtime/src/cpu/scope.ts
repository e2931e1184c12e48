/** Freeing temporaries at the end of a piece of synchronous code. */

export class Scopes<S extends { dispose(): void }> {
  #open: S[][] = [];
  #innermost: S[] | undefined;

  /** To be called for every new storage. */
  add(storage: S): void {
    this.#innermost?.push(storage);
  }

  /** The innermost open scope. */
  get current(): unknown {
    return this.#innermost;
  }

  /** Runs `body`, whose arrays belong to the given scope; to none, if that has ended. */
  within<T>(scope: unknown, body: () => T): T {
    const saved = this.#innermost;
    this.#innermost = this.#open.find((open) => open === scope);
    try {
      return body();
    } finally {
      this.#innermost = saved;
    }
  }

  /**
   * Runs `body` and frees every array made meanwhile, but those that `survivors` names of its result; they then
   * belong to the enclosing scope, if there is one. If `body` throws, all are freed. `body` must be synchronous, and
   * nothing but its result may keep an array that it made.
   */
  run<T>(body: () => T, survivors: (result: T) => Iterable<S>): T {
    const mine: S[] = [];
    this.#open.push(mine);
    this.#innermost = mine;
    let kept: Set<S> | undefined;
    try {
      const result = body();
      kept = new Set(survivors(result));
      return result;
    } finally {
      this.#open.pop();
      this.#innermost = this.#open.at(-1);
      for (const storage of mine) {
        if (kept?.has(storage)) this.#innermost?.push(storage);
        else storage.dispose();
      }
    }
  }
}
