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
  if (Math.abs(rounded) === 3.4028234663852886e38)
    return `${rounded < 0 ? "(-" : ""}0x1.fffffep127f${rounded < 0 ? ")" : ""}`;
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

const literalText = /^(\(?-?[\d.]+(e[-+]?\d+)?[fiu]?\)?|true|false|bitcast<\w+>\(0x[0-9a-f]+u\))$/;

/** Whether a text is a constant, on which WGSL would compute at once and refuse what overflows. */
export const isLiteral = (text: string): boolean => literalText.test(text);

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

/** Words of WGSL, reserved ones included, and names that the generator writes itself. */
const reserved = new Set(
  (
    "NULL Self abstract active alias alignas alignof as asm asm_fragment async attribute auto await become binding_array " +
    "break case cast catch class co_await co_return co_yield coherent column_major common compile compile_fragment concept " +
    "const const_assert const_cast consteval constexpr constinit continue continuing crate debugger decltype default " +
    "delete demote demote_to_helper diagnostic discard do dynamic_cast else enable enum explicit export extends extern " +
    "external fallthrough false filter final finally fn for friend from fxgroup get goto groupshared highp if impl " +
    "implements import inline instanceof interface layout let loop lowp macro macro_rules match mediump meta mod module " +
    "move mut mutable namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective null " +
    "nullptr of operator override package packoffset partial pass patch pixelfragment precise precision premerge priv " +
    "protected pub public readonly ref regardless register reinterpret_cast require requires resource restrict return " +
    "self set shared sizeof smooth snorm static static_assert static_cast std struct subroutine super switch target " +
    "template this thread_local throw trait true try type typedef typeid typename typeof union unless unorm unsafe " +
    "unsized use using var varying virtual volatile wgsl where while with writeonly yield " +
    "abs array atomic bitcast bool ceil clamp countLeadingZeros countOneBits f16 f32 floor i32 inverseSqrt max min round " +
    "select sign sqrt trunc u32 vec2 vec3 vec4 workgroupBarrier atomicAnd atomicLoad atomicOr atomicStore " +
    "across at block column down j k lane lid line main row wid words"
  ).split(" "),
);
