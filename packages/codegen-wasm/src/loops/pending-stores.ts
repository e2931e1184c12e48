/**
 * Stores of a vectorised body. They wait for its end, so that all loads come first: the engine then may join
 * neighbouring vectors. A load from the same buffer or a nested loop ends the waiting. (Buffers that share memory are no
 * exception: what an iteration reads of them it reads before it writes.)
 */
import { bytesOf } from "../scalar/types.ts";
import type { Address } from "./address.ts";
import type { Storage } from "./function-context.ts";
import type { Vector, Vectors } from "./vector.ts";
import { prepareInterleaved, prepareScatter, prepareStore } from "./vector-store.ts";

interface PendingStore {
  readonly to: Storage;
  emit(): void;
  /** Set if it fills every second element. */
  readonly half?: { readonly value: Vector; readonly address: Address };
}

export class PendingStores {
  readonly #v: Vectors;
  readonly #pending: PendingStore[] = [];

  constructor(v: Vectors) {
    this.#v = v;
  }

  /** Lane l goes `stride · l` elements after the address. */
  add(to: Storage, value: Vector, address: Address, stride: number): void {
    if (stride === 2 && bytesOf(to.dtype) >= 4) this.#addHalf(to, value, address);
    else this.#pending.push({ to, emit: prepareStore(this.#v, value, address, stride) });
  }

  /** One address for each lane. */
  scatter(to: Storage, value: Vector, addresses: readonly Address[]): void {
    this.#pending.push({ to, emit: prepareScatter(this.#v, value, addresses) });
  }

  beforeLoad(from: Storage): void {
    if (this.#pending.some(({ to }) => to === from)) this.flush();
  }

  flush(): void {
    for (const { emit } of this.#pending) emit();
    this.#pending.length = 0;
  }

  /** A store to every second element: together with one to the elements between them it fills whole vectors. */
  #addHalf(to: Storage, value: Vector, address: Address): void {
    const bytes = bytesOf(to.dtype);
    const other = this.#pending.findIndex(
      ({ half, to: target }) =>
        target === to &&
        half !== undefined &&
        half.address.pointer === address.pointer &&
        Math.abs(half.address.offset - address.offset) === bytes,
    );
    const half = this.#pending[other]?.half;
    if (half === undefined) {
      const emit = prepareStore(this.#v, value, address, 2);
      this.#pending.push({ to, emit, half: { value, address } });
      return;
    }
    const inOrder = half.address.offset < address.offset;
    const [even, odd] = inOrder ? [half.value, value] : [value, half.value];
    const first = inOrder ? half.address : address;
    this.#pending[other] = { to, emit: prepareInterleaved(this.#v, even, odd, first) };
  }
}
