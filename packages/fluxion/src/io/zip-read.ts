/**
 * Reads zip archives, distrusting every number in them: sizes must fit the file, members may not overlap, and the two
 * directories must agree. Understands zip64, data descriptors, stored and deflated members.
 */

import { decodeCp437 } from "./cp437.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import { flags, recordBytes, see64, see64Short, signatures, zip64Tag } from "./zip-format.ts";

export interface ZipMember {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly dataOffset: number;
}

type CentralEntry = Omit<ZipMember, "dataOffset"> & { readonly headerOffset: number };

const damaged = "the archive is truncated or damaged; copy or save it again";

/** Lists the members of an archive, in its order; throws `FileFormatError`. */
export function readZipDirectory(bytes: Uint8Array, where: Where): ZipMember[] {
  return new DirectoryReader(bytes, where).members();
}

class DirectoryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: Where;

  constructor(bytes: Uint8Array, where: Where) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  members(): ZipMember[] {
    const end = this.#findEnd();
    const { start, size, count } = this.#locateDirectory(end);
    const entries = this.#readDirectory(start, size, count);
    return this.#checkLayout(entries, start);
  }

  #fail(found: string, help = damaged): never {
    throw new FileFormatError(this.#where, found, help);
  }

  #uint16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  #uint64(at: number): number {
    const value = this.#view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.#fail(`a zip64 record claims a size of ${value} bytes`);
    return Number(value);
  }

  #has(at: number, length: number, signature: number): boolean {
    return at >= 0 && at + length <= this.#bytes.length && this.#uint32(at) === signature;
  }

  /** The end record is the last thing in the file but for a comment, whose length it states. */
  #findEnd(): number {
    const last = this.#bytes.length - recordBytes.end;
    for (let at = last; at >= 0 && at >= last - 0xffff; at--) {
      if (
        this.#has(at, recordBytes.end, signatures.end) &&
        at + recordBytes.end + this.#uint16(at + 20) === this.#bytes.length
      ) {
        return at;
      }
    }
    return this.#fail("the archive has no end record");
  }

  #locateDirectory(end: number): { start: number; size: number; count: number } {
    let [count, size, start, stop] = [
      this.#uint16(end + 10),
      this.#uint32(end + 12),
      this.#uint32(end + 16),
      end,
    ];
    if (this.#uint16(end + 4) !== this.#uint16(end + 6) || this.#uint16(end + 8) !== count) {
      this.#fail("the archive is one volume of several", "join the volumes, or save the arrays in one file");
    }
    const locator = end - recordBytes.locator64;
    if (this.#has(locator, recordBytes.locator64, signatures.locator64)) {
      const end64 = this.#uint64(locator + 8);
      if (!this.#has(end64, recordBytes.end64, signatures.end64))
        this.#fail("the zip64 end record is missing");
      [count, size, start, stop] = [
        this.#uint64(end64 + 32),
        this.#uint64(end64 + 40),
        this.#uint64(end64 + 48),
        end64,
      ];
    } else if (count === see64Short || size === see64 || start === see64) {
      this.#fail("the zip64 end record is missing");
    }
    if (start + size !== stop) {
      this.#fail(`the directory should lie at ${start} to ${start + size}, but ends at ${stop}`);
    }
    return { start, size, count };
  }

  #readDirectory(start: number, size: number, count: number): CentralEntry[] {
    const entries: CentralEntry[] = [];
    const stop = start + size;
    let at = start;
    while (at < stop) {
      const length = at + recordBytes.central <= stop ? this.#centralLength(at) : 0;
      if (length === 0 || at + length > stop)
        this.#fail(`entry ${entries.length} of the directory is cut off`);
      entries.push(this.#readCentral(at, length));
      at += length;
    }
    if (entries.length !== count)
      this.#fail(`the directory claims ${count} members and lists ${entries.length}`);
    return entries;
  }

  #centralLength(at: number): number {
    if (!this.#has(at, recordBytes.central, signatures.central)) return 0;
    return recordBytes.central + this.#uint16(at + 28) + this.#uint16(at + 30) + this.#uint16(at + 32);
  }

  #readCentral(at: number, length: number): CentralEntry {
    const nameStart = at + recordBytes.central;
    const nameLength = this.#uint16(at + 28);
    const entryFlags = this.#uint16(at + 8);
    const name = this.#decodeName(nameStart, nameLength, entryFlags);
    const sizes = [this.#uint32(at + 24), this.#uint32(at + 20), this.#uint32(at + 42)];
    const extraStart = nameStart + nameLength;
    this.#applyZip64(sizes, extraStart, Math.min(extraStart + this.#uint16(at + 30), at + length), name);
    const [size, compressedSize, headerOffset] = sizes;
    return {
      name,
      flags: entryFlags,
      method: this.#uint16(at + 10),
      crc: this.#uint32(at + 16),
      size,
      compressedSize,
      headerOffset,
    };
  }

  /** Replaces every value that says "see the zip64 field", in the field's order: size, compressed size, offset. */
  #applyZip64(values: number[], start: number, stop: number, name: string): void {
    if (!values.includes(see64)) return;
    for (let at = start; at + 4 <= stop; at += 4 + this.#uint16(at + 2)) {
      if (this.#uint16(at) !== zip64Tag) continue;
      const fieldStop = Math.min(at + 4 + this.#uint16(at + 2), stop);
      let field = at + 4;
      for (let i = 0; i < values.length; i++) {
        if (values[i] !== see64) continue;
        if (field + 8 > fieldStop) this.#fail(`the zip64 field of ${quote(name)} is too short`);
        values[i] = this.#uint64(field);
        field += 8;
      }
      return;
    }
    this.#fail(`the zip64 field of ${quote(name)} is missing`);
  }

  #decodeName(start: number, length: number, entryFlags: number): string {
    const bytes = this.#bytes.slice(start, start + length);
    if (bytes.includes(0)) this.#fail("a member's name holds a zero byte");
    if (!(entryFlags & flags.utf8)) return decodeCp437(bytes);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return this.#fail("a member's name is not valid UTF-8");
    }
  }

  /** Checks local headers against the directory and that no two members share bytes, as those of zip bombs do. */
  #checkLayout(entries: readonly CentralEntry[], directoryStart: number): ZipMember[] {
    const seen = new Set<string>();
    const spans: { start: number; stop: number; name: string }[] = [];
    const members = entries.map((entry) => {
      const { name, headerOffset, ...rest } = entry;
      if (seen.has(name)) this.#fail(`two members have the name ${quote(name)}`, "save the archive again");
      seen.add(name);
      const dataOffset = this.#dataOffset(entry);
      const stop = dataOffset + entry.compressedSize;
      if (stop > directoryStart) {
        this.#fail(`member ${quote(name)} claims ${entry.compressedSize} bytes, more than the archive holds`);
      }
      spans.push({ start: headerOffset, stop, name });
      return { ...rest, name, dataOffset };
    });
    spans.sort((a, b) => a.start - b.start);
    for (let i = 1; i < spans.length; i++) {
      if (spans[i].start < spans[i - 1].stop) {
        this.#fail(`members ${quote(spans[i - 1].name)} and ${quote(spans[i].name)} overlap`);
      }
    }
    return members;
  }

  #dataOffset({ name, headerOffset, flags: entryFlags, method }: CentralEntry): number {
    if (!this.#has(headerOffset, recordBytes.local, signatures.local)) {
      this.#fail(`member ${quote(name)} is not where the directory says`);
    }
    const nameStart = headerOffset + recordBytes.local;
    const nameLength = this.#uint16(headerOffset + 26);
    const dataOffset = nameStart + nameLength + this.#uint16(headerOffset + 28);
    if (dataOffset > this.#bytes.length) this.#fail(`the header of member ${quote(name)} is cut off`);
    const localName = this.#decodeName(nameStart, nameLength, this.#uint16(headerOffset + 6));
    if (localName !== name || this.#uint16(headerOffset + 8) !== method) {
      this.#fail(`the directory and the header of member ${quote(name)} contradict each other`);
    }
    if ((this.#uint16(headerOffset + 6) ^ entryFlags) & flags.encrypted) {
      this.#fail(`the directory and the header of member ${quote(name)} disagree on encryption`);
    }
    return dataOffset;
  }
}
