/** The `.npz` format: a zip archive with one `.npy` file per array. */

import { FileFormatError, quote, type Where } from "./errors.ts";
import type { HostArray } from "./host-array.ts";
import { readZipMember } from "./inflate.ts";
import { type DecodeNpyOptions, decodeNpy, encodeNpy } from "./npy.ts";
import { readZipDirectory, type ZipMember } from "./zip-read.ts";
import { writeZip } from "./zip-write.ts";

const suffix = ".npy";

export interface NpzOptions extends DecodeNpyOptions {
  /** Largest size in bytes that one member may have unpacked. Default 4 GiB. */
  readonly maxBytes?: number;
}

/**
 * An open `.npz` archive. Arrays are unpacked and checked when asked for, each time; opening reads only the directory.
 */
export class NpzFile<A> implements Iterable<[string, A]> {
  /** Names of the arrays, in the archive's order. */
  readonly files: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #members: ReadonlyMap<string, ZipMember>;
  readonly #where: Where;
  readonly #options: NpzOptions;
  readonly #convert: (host: HostArray) => A;

  constructor(bytes: Uint8Array, where: Where, convert: (host: HostArray) => A, options: NpzOptions = {}) {
    const members = readZipDirectory(bytes, where).map(
      (member) => [stripSuffix(member.name), member] as const,
    );
    this.#members = new Map(members);
    this.files = members.map(([name]) => name);
    if (this.#members.size !== this.files.length) {
      const twice = this.files.find((name, i) => this.files.indexOf(name) !== i) ?? "";
      throw new FileFormatError(
        where,
        `has a member ${quote(twice)} with and without .npy`,
        "rename one of them",
      );
    }
    this.#bytes = bytes;
    this.#where = where;
    this.#options = options;
    this.#convert = convert;
  }

  get size(): number {
    return this.files.length;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** The array of this name; throws `FileFormatError` if there is none or it cannot be read. */
  get(name: string): A {
    return this.#convert(decodeNpy(this.bytes(name), { ...this.#where, array: name }, this.#options));
  }

  /** The bytes of a member, for those that are not arrays. */
  bytes(name: string): Uint8Array {
    const member = this.#members.get(name);
    if (!member) {
      const names = this.files.slice(0, 20).map(quote).join(", ");
      const help = `it holds ${names || "nothing"}${this.size > 20 ? ` and ${this.size - 20} more` : ""}`;
      throw new FileFormatError(this.#where, `has no array ${quote(name)}`, help);
    }
    return readZipMember(this.#bytes, member, { ...this.#where, array: name }, this.#options.maxBytes);
  }

  keys(): IterableIterator<string> {
    return this.files.values();
  }

  *values(): Generator<A> {
    for (const name of this.files) yield this.get(name);
  }

  *entries(): Generator<[string, A]> {
    for (const name of this.files) yield [name, this.get(name)];
  }

  [Symbol.iterator](): Iterator<[string, A]> {
    return this.entries();
  }

  /** All arrays as an object, to be destructured: `const { w, b } = load("model.npz").toObject()`. */
  toObject(): Record<string, A> {
    return Object.fromEntries(this.entries());
  }

  toString(): string {
    return `NpzFile ${quote(this.#where.file)} with keys: ${this.files.join(", ")}`;
  }
}

const stripSuffix = (name: string): string => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name);

/** The archive in pieces; `arrays` maps names to arrays, whose order is kept. */
export function encodeNpz(arrays: ReadonlyMap<string, HostArray>, compress: boolean): Uint8Array[] {
  const inputs = Array.from(arrays, ([name, array]) => ({
    name: `${name}${suffix}`,
    pieces: encodeNpy(array),
  }));
  const tooLong = inputs.find(({ name }) => new TextEncoder().encode(name).length > 0xffff);
  if (tooLong) throw new RangeError(`the name ${quote(tooLong.name)} is longer than an archive can hold`);
  return writeZip(inputs, { compress });
}
