/** Numbers of the zip format that its reader and its writer share. Specification: PKWARE APPNOTE 6.3.10. */

export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

/** Bytes of each record without its variable part. */
export const recordBytes = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

/** Header of the extra field that holds 64-bit sizes. */
export const zip64Tag = 1;

/** A 32-bit field of this value means: see the zip64 record. */
export const see64 = 0xffffffff;
export const see64Short = 0xffff;

export const flags = { encrypted: 1, strongEncryption: 0x40, utf8: 0x800 } as const;

export const stored = 0;
export const deflated = 8;

/** Names of compression methods for messages. */
export const methodNames: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "lzma",
  93: "zstandard",
  95: "xz",
  99: "AES encryption",
};
