/** What the text of one scalar op is made from. */

import { dtypeTable, type RealDType } from "@fluxion/ir";
import type { Library } from "../emit/library.ts";
import { type Lanes, registerOf, typeText } from "../emit/text.ts";

export class OpContext {
  /** Dtype of the first operand that is not a condition. */
  readonly dtype: RealDType;
  readonly lanes: Lanes;
  readonly library: Library;

  constructor(dtype: RealDType, lanes: Lanes, library: Library) {
    this.dtype = dtype;
    this.lanes = lanes;
    this.library = library;
  }

  call(name: string, ...args: readonly string[]): string {
    return this.library.call(name, this.lanes, ...args);
  }

  /** A scalar constant's text in every lane of an unsigned, signed, float or bool type. */
  u(text: number | string): string {
    const literal = typeof text === "number" ? `${text}u` : text;
    return this.lanes === 1 ? literal : `${typeText("u32", this.lanes)}(${literal})`;
  }

  i(value: number): string {
    return this.lanes === 1 ? `${value}i` : `${typeText("i32", this.lanes)}(${value}i)`;
  }

  f(text: string): string {
    return this.lanes === 1 ? text : `${typeText("f32", this.lanes)}(${text})`;
  }

  bool(value: boolean): string {
    return this.lanes === 1 ? String(value) : `${typeText("bool", this.lanes)}(${value})`;
  }

  /** The type of the operands in registers. */
  get type(): string {
    return typeText(registerOf(this.dtype), this.lanes);
  }

  get bits(): number {
    return dtypeTable[this.dtype].bits;
  }

  /** The operand's bits as u32, nothing above its width. */
  unsigned(x: string): string {
    const { bits } = this;
    const raw = registerOf(this.dtype) === "i32" ? `bitcast<${typeText("u32", this.lanes)}>(${x})` : x;
    return bits === 32 ? raw : `(${raw} & ${this.u(2 ** bits - 1)})`;
  }

  /** Integers of less than 32 bits back into their range. */
  wrap(x: string): string {
    const { bits, dtype } = this;
    const { kind } = dtypeTable[dtype];
    if (bits === 32 || (kind !== "int" && kind !== "uint")) return x;
    if (kind === "uint") return `(${x} & ${this.u(2 ** bits - 1)})`;
    return `((${x} << ${this.u(32 - bits)}) >> ${this.u(32 - bits)})`;
  }

  /** A float32 rounded to the operand's float type. */
  round(x: string): string {
    if (this.dtype === "float16") return this.call("fx_round_f16", x);
    return this.dtype === "bfloat16" ? this.call("fx_round_bf16", x) : x;
  }
}
