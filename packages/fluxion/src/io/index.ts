/**
 * Arrays in files, compatible with NumPy byte for byte: `.npy` and `.npz`, and numbers as text.
 *
 * All functions are synchronous and take paths (in Node) or bytes (everywhere); without a path, those that write return
 * what the file would hold. `makeIo` joins the formats to an array type through an `ArrayAdapter`.
 */

import { gzipSync } from "fflate";
import { FileFormatError, type Where } from "./errors.ts";
import { asBytes, isPath, type Path, pathText, readFile, writeFile } from "./files.ts";
import { parseGenfromtxt } from "./genfromtxt.ts";
import { type GenfromtxtOptions, genfromtxtOptions } from "./genfromtxt-options.ts";
import type { DType, HostArray, HostTable } from "./host-array.ts";
import type { TextSource } from "./lines.ts";
import { type LoadtxtOptions, loadtxtOptions, parseLoadtxt, type TextResult } from "./loadtxt.ts";
import { decodeNpy, type EncodeNpyOptions, encodeNpy } from "./npy.ts";
import { encodeNpz, NpzFile, type NpzOptions } from "./npz.ts";
import { checkOptions } from "./options.ts";
import { formatSavetxt, type SavetxtOptions, savetxtOptions } from "./savetxt.ts";
import { join } from "./zip-write.ts";

export { FileFormatError } from "./errors.ts";
export type { GenfromtxtOptions } from "./genfromtxt-options.ts";
export type { HostArray, HostTable, Storage } from "./host-array.ts";
export type { LoadtxtOptions } from "./loadtxt.ts";
export { NpzFile, type NpzOptions } from "./npz.ts";
export type { SavetxtOptions } from "./savetxt.ts";

/** What `io` needs to know of the arrays that users hold. */
export interface ArrayAdapter<A> {
  /**
   * The content of an array, or of anything that NumPy's `asarray` takes (numbers, nested lists, typed arrays). Throws the
   * error that names the asynchronous way if the array lies on a device that cannot be read synchronously.
   */
  toHost(x: unknown): HostArray;
  /** An array of this content; `host.data` may share memory with a file's bytes, so it is to be copied. */
  fromHost(host: HostArray): A;
  /** Whether `savez` takes its last argument for an array rather than for an object of arrays. */
  isArray(x: unknown): boolean;
  /** Shows a warning to the user. */
  warn(message: string): void;
}

/** Where `load` and the text readers read from: a path, or the bytes of a file. */
export type FileSource = Path | Uint8Array | ArrayBuffer;
/** Text may also come as its lines or as one string. */
export type TableSource = FileSource | readonly string[] | { readonly text: string };

/** What `load` returns, as far as the name of the file tells. */
export type Loaded<A, S> = S extends `${string}.npz`
  ? NpzFile<A>
  : S extends `${string}.npy`
    ? A
    : A | NpzFile<A>;

/** The columns of a table, by name. */
export type Columns<A> = Record<string, A>;

/** Options that make a reader return a table instead of a matrix. */
type NamedColumns = { readonly names: true | string | readonly string[] };
type TypedColumns = { readonly dtype: readonly DType[] };

export interface Io<A> {
  /**
   * Writes an array in `.npy` format; ".npy" is appended to a path without it. As `numpy.save`.
   * @returns the bytes if no path is given
   */
  save(path: Path, x: unknown, options?: EncodeNpyOptions): void;
  save(x: unknown, options?: EncodeNpyOptions): Uint8Array;
  /**
   * Reads what `save`, `savez`, `numpy.save` or `numpy.savez` wrote: a `.npy` file as an array, a `.npz` file as an
   * `NpzFile` that unpacks its arrays when asked for them. Files never run code: pickled objects are refused.
   * @throws FileFormatError if the file is truncated, contradicts itself or holds no numbers
   */
  load<const S extends FileSource>(source: S, options?: NpzOptions): Loaded<A, S>;
  /**
   * Writes several arrays into one uncompressed `.npz` archive: those of an object under their names, others as `arr_0`,
   * `arr_1`, …; ".npz" is appended to a path without it. As `numpy.savez`.
   * @returns the bytes if no path is given
   */
  savez(path: Path, ...arrays: unknown[]): void;
  savez(...arrays: unknown[]): Uint8Array;
  /** Like `savez`, with the arrays compressed. As `numpy.savez_compressed`. */
  savezCompressed(path: Path, ...arrays: unknown[]): void;
  savezCompressed(...arrays: unknown[]): Uint8Array;
  /**
   * Writes a vector or a matrix as text; a path that ends in ".gz" is compressed. As `numpy.savetxt`.
   * @returns the text if no path is given
   */
  savetxt(path: Path, x: unknown, fmt: string | readonly string[], options?: SavetxtOptions): void;
  savetxt(path: Path, x: unknown, options?: SavetxtOptions): void;
  savetxt(x: unknown, fmt: string | readonly string[], options?: SavetxtOptions): string;
  savetxt(x: unknown, options?: SavetxtOptions): string;
  /**
   * Reads text with the same number of numbers in every row; gzip is unpacked. As `numpy.loadtxt`.
   * @throws FileFormatError with row, column and line of what is no number
   */
  loadtxt(source: TableSource, options: LoadtxtOptions & TypedColumns & { readonly unpack: true }): A[];
  loadtxt(source: TableSource, options: LoadtxtOptions & TypedColumns): Columns<A>;
  loadtxt(source: TableSource, options?: LoadtxtOptions & { readonly dtype?: DType }): A;
  /**
   * Reads text with missing values, column names and columns of different type; gzip is unpacked. Columns of different
   * type, or with names, come as an object of one-dimensional arrays (a list with `unpack`). As `numpy.genfromtxt`.
   * @throws FileFormatError for rows of different length
   */
  genfromtxt(
    source: TableSource,
    options: GenfromtxtOptions & (NamedColumns | TypedColumns) & { readonly unpack: true },
  ): A[];
  genfromtxt(source: TableSource, options: GenfromtxtOptions & (NamedColumns | TypedColumns)): Columns<A>;
  genfromtxt(
    source: TableSource,
    options: GenfromtxtOptions & { readonly dtype: null },
  ): A | Columns<A> | A[];
  genfromtxt(
    source: TableSource,
    options?: GenfromtxtOptions & { readonly dtype?: DType; readonly names?: false | null },
  ): A;
}

/**
 * The file functions for one kind of arrays: `export const io = makeIo<NDArray>({ toHost, fromHost, isArray, warn })`.
 * Nothing else in this folder knows which kind that is.
 */
export function makeIo<A>(adapter: ArrayAdapter<A>): Io<A> {
  const savez = (compress: boolean, args: readonly unknown[]): Uint8Array | undefined => {
    const [path, ...arrays] = isPath(args[0]) ? args : [undefined, ...args];
    return deliver(path, ".npz", encodeNpz(namedArrays(arrays, adapter), compress));
  };
  const io = {
    save: (...args: readonly unknown[]) => {
      const [path, x, options] = isPath(args[0]) ? args : [undefined, ...args];
      checkOptions("save", options, ["fortranOrder", "version"]);
      return deliver(path, ".npy", encodeNpy(adapter.toHost(x), options as EncodeNpyOptions));
    },
    load: (source: FileSource, options?: NpzOptions) => load(source, adapter, options),
    savez: (...args: readonly unknown[]) => savez(false, args),
    savezCompressed: (...args: readonly unknown[]) => savez(true, args),
    savetxt: (...args: readonly unknown[]) => {
      const [path, x, ...rest] = isPath(args[0]) ? args : [undefined, ...args];
      const fmt = typeof rest[0] === "string" || Array.isArray(rest[0]) ? { fmt: rest.shift() } : {};
      checkOptions("savetxt", rest[0], savetxtOptions);
      const options = { ...(rest[0] as SavetxtOptions), ...fmt } as SavetxtOptions;
      return savetxt(path as Path | undefined, adapter.toHost(x), options);
    },
    loadtxt: (source: TableSource, options?: LoadtxtOptions) => {
      checkOptions("loadtxt", options, loadtxtOptions);
      const { text, where } = openText(source);
      return present(parseLoadtxt(text, where, options), options?.unpack ?? false, adapter);
    },
    genfromtxt: (source: TableSource, options?: GenfromtxtOptions) => {
      checkOptions("genfromtxt", options, genfromtxtOptions);
      const { text, where } = openText(source);
      return present(parseGenfromtxt(text, where, options), options?.unpack ?? false, adapter);
    },
  };
  return io as Io<A>;
}

/** Writes to the path, or returns the bytes. */
function deliver(path: unknown, suffix: string, pieces: readonly Uint8Array[]): Uint8Array | undefined {
  if (path === undefined) return join(pieces);
  const name = pathText(path as Path);
  writeFile(name.endsWith(suffix) ? name : name + suffix, pieces);
  return undefined;
}

function open(source: unknown): { bytes: Uint8Array; where: Where } | undefined {
  if (isPath(source)) return { bytes: readFile(source), where: { file: pathText(source) } };
  const bytes = asBytes(source);
  return bytes && { bytes, where: { file: "<bytes>" } };
}

function openText(source: TableSource): { text: TextSource; where: Where } {
  const opened = open(source);
  if (opened) return { text: opened.bytes, where: opened.where };
  const isText = typeof source === "object" && source !== null && ("text" in source || Array.isArray(source));
  if (isText) return { text: source as TextSource, where: { file: "<text>" } };
  throw new TypeError(`io reads text from a path, bytes, an array of lines or { text }, not from ${source}`);
}

/** "PK": the file is a zip archive. */
const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

function load<A, S extends FileSource>(
  source: S,
  adapter: ArrayAdapter<A>,
  options?: NpzOptions,
): Loaded<A, S> {
  checkOptions("load", options, ["ignoreTrailing", "maxBytes"]);
  const opened = open(source);
  if (!opened) throw new TypeError(`io.load takes a path or the bytes of a file, got ${source}`);
  const { bytes, where } = opened;
  const zip = isZip(bytes);
  // The name decides the type that the caller sees, so the content must agree with it.
  if (where.file.endsWith(".npz") && !zip) {
    throw new FileFormatError(where, "is not a zip archive, as .npz files are", "save it again with savez");
  }
  const loaded =
    zip && !where.file.endsWith(".npy")
      ? new NpzFile(bytes, where, adapter.fromHost, options)
      : adapter.fromHost(decodeNpy(bytes, where, options));
  return loaded as Loaded<A, S>;
}

/** Arrays by position become `arr_0`, …; the properties of a last plain object keep their names and come first. */
function namedArrays<A>(args: readonly unknown[], adapter: ArrayAdapter<A>): Map<string, HostArray> {
  const last = args.at(-1);
  const isObject =
    typeof last === "object" && last !== null && !Array.isArray(last) && !ArrayBuffer.isView(last);
  const byName = isObject && !adapter.isArray(last) ? last : undefined;
  const entries = byName instanceof Map ? byName : new Map(Object.entries(byName ?? {}));
  const named = new Map(Array.from(entries, ([name, x]) => [String(name), adapter.toHost(x)] as const));
  for (const [i, x] of (byName ? args.slice(0, -1) : args).entries()) {
    const name = `arr_${i}`;
    if (named.has(name)) throw new TypeError(`cannot use un-named arrays together with one named ${name}`);
    named.set(name, adapter.toHost(x));
  }
  return named;
}

function savetxt(path: Path | undefined, array: HostArray, options?: SavetxtOptions): string | undefined {
  if (path === undefined) return [...formatSavetxt(array, options)].join("");
  const encode =
    options?.encoding === "latin1" ? encodeLatin1 : (text: string) => new TextEncoder().encode(text);
  const pieces = encodeLines(formatSavetxt(array, options), encode);
  const zipped = pathText(path).endsWith(".gz");
  writeFile(path, zipped ? [gzipSync(join([...pieces]), { mtime: 0 })] : pieces);
  return undefined;
}

/** Characters that are encoded and written at a time. */
const batch = 1 << 16;

function* encodeLines(lines: Iterable<string>, encode: (text: string) => Uint8Array): Generator<Uint8Array> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < batch) continue;
    yield encode(text);
    text = "";
  }
  yield encode(text);
}

function encodeLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code > 255)
      throw new TypeError(`${JSON.stringify(char)} has no place in latin1; use { encoding: "utf-8" }`);
    return code;
  });
}

function present<A>(
  { value, warnings }: TextResult,
  unpack: boolean,
  adapter: ArrayAdapter<A>,
): A | A[] | Columns<A> {
  for (const warning of warnings) adapter.warn(warning);
  if (!isTable(value)) return adapter.fromHost(value);
  const columns = value.columns.map((column) => adapter.fromHost(column));
  return unpack ? columns : Object.fromEntries(value.names.map((name, i) => [name, columns[i]]));
}

const isTable = (value: HostArray | HostTable): value is HostTable => "columns" in value;
