/** CRC-32 of zip and gzip (polynomial 0xEDB88320), four bytes a step. */

let tables: readonly Int32Array[] | undefined;

/** table[k][b]: the effect of byte b followed by k zero bytes. */
function makeTables(): readonly Int32Array[] {
  const made = [0, 1, 2, 3].map(() => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    made[0][byte] = c;
  }
  for (let k = 1; k < 4; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const c = made[k - 1][byte];
      made[k][byte] = (c >>> 8) ^ made[0][c & 255];
    }
  }
  return made;
}

/** The checksum of `bytes`, continuing from the checksum of what came before. */
export function crc32(bytes: Uint8Array, before = 0): number {
  tables ??= makeTables();
  const [t0, t1, t2, t3] = tables;
  let c = ~before;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c = t3[c & 255] ^ t2[(c >>> 8) & 255] ^ t1[(c >>> 16) & 255] ^ t0[c >>> 24];
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 255];
  return ~c >>> 0;
}
