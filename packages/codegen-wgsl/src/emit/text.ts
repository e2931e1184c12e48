/** WGSL types, constants and values as text. A value is a scalar, or four of them side by side in a `vec4`. */

import { InternalError, type RealDType } from "@fluxion/ir";

export type ScalarType = "f32" | "i32" | "u32" | "bool";
export type Lanes = 1 | 4;

/** An expression's text. Its WGSL type follows from its dtype and its lanes. */
export interface Value {
  readonly text: string;
  readonly lanes: Lanes;
}

/** What holds a value of a dtype while it is computed with. 16-bit floats are rounded float32, narrow integers wrapped. */
const registers: Partial<Record<RealDType, ScalarType>> = {
  bool: "bool",
  int8: "i32",
  int16: "i32",
  int32: "i32",
  uint8: "u32",
  uint16: "u32",
  uint32: "u32",
  float16: "f32",
  bfloat16: "f32",
  float32: "f32",
};

export function registerOf(dtype: RealDType): ScalarType {
  const found = registers[dtype];
  if (found === undefined) throw new InternalError(`${dtype} reached the WGSL generator; check refuses it`);
  return found;
}

export const typeText = (type: ScalarType, lanes: Lanes): string => (lanes === 1 ? type : `vec4<${type}>`);

/** A value in as many lanes as are wanted; a scalar is repeated. */
export const widen = (value: Value, type: ScalarType, lanes: Lanes): string =>
  value.lanes === lanes ? value.text : `${typeText(type, lanes)}(${value.text})`;

export const components = ["x", "y", "z", "w"] as const;

/** One lane of a value. */
export const laneOf = (value: Value, lane: number): string =>
  value.lanes === 1 ? value.text : `${value.text}.${components[lane]}`;

/**
 * A float32 constant. WGSL refuses constant expressions that are infinite or NaN, so these are read from variables
 * (`fx_inf`, `fx_nan` of the library).
 */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "fx_nan()";
  if (value === Number.POSITIVE_INFINITY) return "fx_inf()";
  if (value === Number.NEGATIVE_INFINITY) return "(-fx_inf())";
  if (Object.is(value, -0)) return "bitcast<f32>(0x80000000u)";
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) return rounded > 0 ? "fx_inf()" : "(-fx_inf())";
  // As a decimal the largest number would be beyond itself.
  if (Math.abs(rounded) === 3.4028234663852886e38) return `${rounded < 0 ? "(-" : ""}0x1.fffffep127f${rounded < 0 ? ")" : ""}`;
  const digits = shortest(rounded);
  const text = /[.e]/.test(digits) ? digits : `${digits}.0`;
  return `${rounded < 0 ? `(${text}` : text}f${rounded < 0 ? ")" : ""}`;
}

/** The shortest decimal that rounds to this float32. */
function shortest(x: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text));
  }
  return String(x);
}

const intText = (value: number): string =>
  value === -2147483648 ? "bitcast<i32>(0x80000000u)" : value < 0 ? `(${value}i)` : `${value}i`;

/** A constant of a dtype, as a scalar. */
export function constantText(dtype: RealDType, value: number | bigint): string {
  switch (registerOf(dtype)) {
    case "bool":
      return value ? "true" : "false";
    case "f32":
      return floatText(Number(value));
    case "i32":
      return intText(Number(value) | 0);
    case "u32":
      return `${Number(value) >>> 0}u`;
  }
}

/** Lines of code with indentation. */
export class Writer {
  readonly lines: string[] = [];
  #depth = 1;

  line(text: string): void {
    this.lines.push("  ".repeat(this.#depth) + text);
  }

  /** `head { … }`; the head may be empty. */
  block(head: string, inside: () => void): void {
    this.line(head === "" ? "{" : `${head} {`);
    this.#depth++;
    inside();
    this.#depth--;
    this.line("}");
  }
}

/** Names that are unique in a shader. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  fresh(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|_|fx_)/, "v");
    let name = base;
    for (let n = this.#counts.get(base) ?? 0; this.#taken.has(name) || reserved.has(name); n++) {
      name = `${base}_${n + 1}`;
      this.#counts.set(base, n + 1);
    }
    this.#taken.add(name);
    return name;
  }
}

/** Words of WGSL that a buffer or a local may be named like. */
const reserved = new Set(
  (
    "alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if " +
    "let loop override requires return struct switch true var while main id lid wid abs add and array atomic bitcast " +
    "bool buffer clamp enum exp f16 f32 i32 u32 in inline input log mat max min mod not of or out ptr re read self " +
    "set sign static sum target this type uniform vec2 vec3 vec4 void where with workgroup write xor from final " +
    "index"
  ).split(" "),
);
