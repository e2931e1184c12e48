/** Freeing temporaries at the end of a piece of synchronous code. */
import type { Storage } from "./storage.ts";

export class Scopes {
  #open: Storage[][] = [];
  #innermost: Storage[] | undefined;

  /** To be called for every new storage. */
  add(storage: Storage): void {
    this.#innermost?.push(storage);
  }

  /**
   * Runs `body` and frees every array made meanwhile, but those that `survivors` names of its result; they then
   * belong to the enclosing scope, if there is one. If `body` throws, all are freed. `body` must be synchronous, and
   * nothing but its result may keep an array that it made.
   */
  run<T>(body: () => T, survivors: (result: T) => Iterable<Storage>): T {
    const mine: Storage[] = [];
    this.#open.push(mine);
    this.#innermost = mine;
    let kept: Set<Storage> | undefined;
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
