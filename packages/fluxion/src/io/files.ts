/** Files by path, in Node. In a page there are none, and the functions of `io` take bytes instead. */

import type * as NodeFs from "node:fs";
import type * as NodeUrl from "node:url";

export type Path = string | URL;

export const isPath = (x: unknown): x is Path => typeof x === "string" || x instanceof URL;

/** Bytes that one system call reads or writes: Linux takes no more than 2 GiB. */
const step = 1 << 30;

/** Not an import, so that bundles for pages need no stand-in for Node's modules. */
function builtin<T>(name: string): T {
  const found = globalThis.process?.getBuiltinModule?.(name) as T | undefined;
  if (found) return found;
  throw new Error(
    "there is no file system here, so io takes bytes instead of paths:\n\n" +
      "  io.load(new Uint8Array(await (await fetch(url)).arrayBuffer()))\n" +
      "  const bytes = io.save(x)",
  );
}

/** The path as text, for messages and for its ending. */
export function pathText(path: Path): string {
  if (typeof path === "string") return path;
  if (path.protocol === "file:") return builtin<typeof NodeUrl>("node:url").fileURLToPath(path);
  throw new TypeError(`${path.href} is no file; fetch it and pass the bytes`);
}

/** The whole file. Errors are those of the operating system, which name the path. */
export function readFile(path: Path): Uint8Array {
  const fs = builtin<typeof NodeFs>("node:fs");
  const name = pathText(path);
  const file = fs.openSync(name, "r");
  try {
    const { size } = fs.fstatSync(file);
    if (size === 0) return fs.readFileSync(file); // pipes and the like do not know their size
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const read = fs.readSync(file, bytes, at, Math.min(step, size - at), at);
      if (read === 0) break;
      at += read;
    }
    return bytes.subarray(0, at);
  } finally {
    fs.closeSync(file);
  }
}

/** Writes the pieces one after another, replacing what was there. */
export function writeFile(path: Path, pieces: Iterable<Uint8Array>): void {
  const fs = builtin<typeof NodeFs>("node:fs");
  const file = fs.openSync(pathText(path), "w");
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; )
        at += fs.writeSync(file, piece, at, Math.min(step, piece.length - at));
    }
  } finally {
    fs.closeSync(file);
  }
}

/** The bytes of a typed array, view or buffer, also of one from another frame; undefined for anything else. */
export function asBytes(x: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(x)) return new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  const isBuffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(x));
  return isBuffer ? new Uint8Array(x as ArrayBuffer) : undefined;
}
