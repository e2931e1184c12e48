/** CRC-32 of zip and gzip (polynomial 0xEDB88320). */

/** The checksum of `bytes`, continuing from the checksum of what came before. */
export const crc32: (bytes: Uint8Array, before?: number) => number =
  globalThis.process?.getBuiltinModule?.("node:zlib")?.crc32 ?? portableCrc32;

let tables: readonly Int32Array[] | undefined;

/** table[k][b]: the effect of byte b followed by k zero bytes. */
function makeTables(): readonly Int32Array[] {
  const made = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    made[0][byte] = c;
  }
  for (let k = 1; k < 8; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const c = made[k - 1][byte];
      made[k][byte] = (c >>> 8) ^ made[0][c & 255];
    }
  }
  return made;
}

/** The same without Node, eight bytes a step. */
export function portableCrc32(b: Uint8Array, before = 0): number {
  tables ??= makeTables();
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let c = ~before;
  let i = 0;
  for (; i + 8 <= b.length; i += 8) {
    c ^= b[i] | (b[i + 1] << 8) | (b[i + 2] << 16) | (b[i + 3] << 24);
    c = t7[c & 255] ^ t6[(c >>> 8) & 255] ^ t5[(c >>> 16) & 255] ^ t4[c >>> 24];
    c ^= t3[b[i + 4]] ^ t2[b[i + 5]] ^ t1[b[i + 6]] ^ t0[b[i + 7]];
  }
  for (; i < b.length; i++) c = (c >>> 8) ^ t0[(c ^ b[i]) & 255];
  return ~c >>> 0;
}
