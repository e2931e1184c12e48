/** NumPy's dtype descriptors (`<f4`, `|b1`, …), the `descr` entry of a `.npy` header. */

import { FileFormatError, quote, type Where } from "./errors.ts";
import type { DType } from "./host-array.ts";
import type { PyValue } from "./python-literal.ts";

/** What NumPy writes. bfloat16 is an extension type of it, stored as two opaque bytes. */
const descrs: { readonly [D in DType]: string } = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float16: "<f2",
  bfloat16: "<V2",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

export const descrOf = (dtype: DType): string => descrs[dtype];

/** Kind and size, and NumPy's one-letter codes, which hand-written files use. */
const dtypeOfCode = new Map<string, DType>([
  ...Object.entries(descrs).map(([dtype, descr]) => [descr.slice(1), dtype as DType] as const),
  ...Object.keys(descrs).map((dtype) => [dtype, dtype as DType] as const),
  ["?", "bool"],
  ["b", "int8"],
  ["B", "uint8"],
  ["h", "int16"],
  ["H", "uint16"],
  ["i", "int32"],
  ["I", "uint32"],
  ["l", "int64"],
  ["L", "uint64"],
  ["q", "int64"],
  ["Q", "uint64"],
  ["e", "float16"],
  ["f", "float32"],
  ["d", "float64"],
  ["F", "complex64"],
  ["D", "complex128"],
]);

/** Kinds of data that no Fluxion array holds: pattern of the code, what it is, the way out in Python. */
const unsupported: readonly (readonly [RegExp, string, string])[] = [
  [
    /^O/,
    "Python objects (a pickle), and unpickling runs code that the file brings along",
    "in Python, save it as numbers: np.save(path, x.astype(np.float64))",
  ],
  [/^[SUac]\d*$/, "text strings", "in Python, save numbers, or map the strings to integers with np.unique"],
  [/^[Mm]8/, "dates or durations", 'in Python, save them as integers: np.save(path, x.view("int64"))'],
  [/^(f1[026]|g|c2[04]|c32|G)$/, "extended-precision numbers", "in Python, save x.astype(np.float64)"],
  [
    /^V1$/,
    "1-byte values of a type that the file does not name (float8 or int4, perhaps)",
    "in Python, save x.astype(np.float32)",
  ],
  [/^V\d*$/, "opaque bytes", "in Python, save them as x.view(np.uint8)"],
];

export interface Descr {
  readonly dtype: DType;
  readonly bigEndian: boolean;
}

/** The dtype and byte order that a descriptor means; throws `FileFormatError` for what no array can hold. */
export function parseDescr(descr: PyValue, where: Where): Descr {
  if (typeof descr === "string") {
    const [, order, code] = /^([<>=|]?)(.*)$/s.exec(descr) ?? [];
    const dtype = dtypeOfCode.get(code);
    if (dtype) return { dtype, bigEndian: order === ">" };
    const known = unsupported.find(([pattern]) => pattern.test(code));
    if (known) throw new FileFormatError(where, `holds ${known[1]} (dtype ${quote(descr)})`, known[2]);
    throw new FileFormatError(where, `${quote(descr)} is not a dtype that NumPy writes`, damaged);
  }
  if (typeof descr === "object" && descr !== null && descr.kind !== "dict") {
    throw new FileFormatError(
      where,
      `holds records (a structured dtype${fieldNames(descr.items)})`,
      "in Python, save each field by itself: np.savez(path, **{n: x[n] for n in x.dtype.names})",
    );
  }
  throw new FileFormatError(where, "the header's descr is not a dtype", damaged);
}

const damaged = "the header is damaged; write the file again with np.save";

function fieldNames(fields: readonly PyValue[]): string {
  const names = fields.flatMap((field) =>
    typeof field === "object" && field !== null && "items" in field && typeof field.items[0] === "string"
      ? [quote(field.items[0])]
      : [],
  );
  const shown = names.slice(0, 8).join(", ");
  return names.length ? ` with the fields ${shown}${names.length > 8 ? ", …" : ""}` : "";
}
