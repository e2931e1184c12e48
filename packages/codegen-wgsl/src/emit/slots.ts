/**
 * How the buffers and tiles of a shader lie in memory, and the text of reading and writing them.
 *
 * - Tiles: registers, `vec4` of them under the same condition as 32-bit elements of buffers.
 * - 32-bit elements: an array of scalars, or of `vec4` where the kernel reads or writes four neighbours at once.
 * - float16 where the adapter has `shader-f16`: `f16`, converted to float32 when it is read and back when it is written.
 * - Other bytes and 16-bit elements: whole words. Four neighbours are one or two words that a single invocation writes. An element
 *   that is written alone shares its word with elements of other invocations, so the words are atomic: the bits are
 *   cleared, then set, and no other invocation touches them.
 */

import { dtypeTable, type RealDType } from "@fluxion/ir";
import { OpContext } from "../ops/context.ts";
import { bitsText, fromBitsText } from "../ops/convert.ts";
import type { Library } from "./library.ts";
import { components, type Lanes, registerOf, typeText, type Value } from "./text.ts";

/** How a kernel touches a buffer; found by writing the shader once without keeping it. */
export class Usage {
  vectorLoads = 0;
  vectorStores = 0;
  scalarLoads = 0;
  scalarStores = 0;
}

/** Where a slot's elements are: bound to the shader, shared by a workgroup, or of one invocation alone. */
export type Space = "read" | "read_write" | "workgroup" | "function";

export class Slot {
  readonly name: string;
  readonly dtype: RealDType;
  readonly elements: number;
  readonly space: Space;
  readonly usage = new Usage();
  /** What an earlier, discarded writing found; nothing the first time. */
  readonly plan: Usage | undefined;
  /** Whether the elements are `f16`. */
  readonly isHalf: boolean;

  constructor(
    name: string,
    dtype: RealDType,
    elements: number,
    space: Space,
    { plan, float16 = false }: { readonly plan?: Usage; readonly float16?: boolean },
  ) {
    this.name = name;
    this.dtype = dtype;
    this.elements = elements;
    this.space = space;
    this.plan = plan;
    this.isHalf = float16 && dtype === "float16" && !this.isTile;
  }

  get isTile(): boolean {
    return this.space === "workgroup" || this.space === "function";
  }

  get writable(): boolean {
    return this.space !== "read";
  }

  get bytesPerElement(): number {
    return dtypeTable[this.dtype].bytes;
  }

  get isPacked(): boolean {
    return this.bytesPerElement < 4 && !this.isTile && !this.isHalf;
  }

  get isVector(): boolean {
    const { plan } = this;
    if (this.isPacked || plan === undefined) return false;
    return plan.vectorLoads + plan.vectorStores > 0 && plan.scalarStores === 0;
  }

  get isAtomic(): boolean {
    return this.isPacked && (this.plan?.scalarStores ?? 0) > 0;
  }

  /** `var<storage, …> name: array<…>;` without its binding, or the variable of a tile. */
  declaration(): string {
    const words = this.isPacked ? Math.ceil((this.elements * this.bytesPerElement) / 16) * 4 : this.elements;
    const element = this.#element;
    const type = this.isVector
      ? `array<vec4<${element}>, ${Math.max(1, Math.ceil(words / 4))}>`
      : `array<${this.isPacked ? (this.isAtomic ? "atomic<u32>" : "u32") : element}, ${Math.max(1, words)}>`;
    const space = this.isTile ? this.space : `storage, ${this.space}`;
    return `${space === "function" ? "var" : `var<${space}>`} ${this.name}: ${type};`;
  }

  /** What an element is in memory, if not part of a word. */
  get #element(): string {
    return this.isHalf ? "f16" : registerOf(this.dtype);
  }

  /** An element as read, or four. */
  #read(text: string, lanes: Lanes): Value {
    return { text: this.isHalf ? `${typeText("f32", lanes)}(${text})` : text, lanes };
  }

  /** A value as it is written. */
  #written(text: string, lanes: Lanes): string {
    if (!this.isHalf) return text;
    return lanes === 1 ? `f16(${text})` : `vec4<f16>(${text})`;
  }

  /** One element; `index` is the text of an i32. */
  load(index: string, library: Library): Value {
    this.usage.scalarLoads++;
    if (!this.isPacked) {
      if (!this.isVector) return this.#read(`${this.name}[${index}]`, 1);
      const at = constantIndex(index);
      if (at !== undefined) return this.#read(`${this.name}[${Math.floor(at / 4)}].${components[at % 4]}`, 1);
      return this.#read(`${this.name}[(${index}) >> 2u][(${index}) & 3]`, 1);
    }
    const { shift, word, mask } = this.#place(index);
    const raw = `((${this.#word(word)} >> ${shift}) & ${mask})`;
    return { text: fromBitsText(new OpContext(this.dtype, 1, library), raw), lanes: 1 };
  }

  /** Four neighbours; `index`, that of the first, is a multiple of four. */
  loadVector(index: string, library: Library): Value {
    this.usage.vectorLoads++;
    if (!this.isPacked) {
      if (this.isVector) return this.#read(`${this.name}[${quarter(index)}]`, 4);
      const all = components.map((_, lane) => `${this.name}[${lane === 0 ? index : `${index} + ${lane}`}]`);
      return this.#read(`vec4<${this.#element}>(${all.join(", ")})`, 4);
    }
    const raw =
      this.bytesPerElement === 1
        ? library.call("fx_unpack8", 1, this.#word(quarter(index)))
        : library.call(
            "fx_unpack16",
            1,
            `vec2<u32>(${this.#word(`(${index}) >> 1u`)}, ${this.#word(`((${index}) >> 1u) + 1`)})`,
          );
    return { text: fromBitsText(new OpContext(this.dtype, 4, library), raw), lanes: 4 };
  }

  /** Statements that write one element. */
  store(index: string, value: string, library: Library): string[] {
    this.usage.scalarStores++;
    if (!this.isPacked) return [`${this.name}[${index}] = ${this.#written(value, 1)};`];
    const { shift, word, mask } = this.#place(index);
    const bits = bitsText(new OpContext(this.dtype, 1, library), value);
    return [
      `atomicAnd(&${this.name}[${word}], ~(${mask} << ${shift}));`,
      `atomicOr(&${this.name}[${word}], ${bits} << ${shift});`,
    ];
  }

  /** Statements that write four neighbours. */
  storeVector(index: string, value: string, library: Library): string[] {
    this.usage.vectorStores++;
    if (!this.isPacked) {
      if (this.isVector) return [`${this.name}[${quarter(index)}] = ${this.#written(value, 4)};`];
      return components.map(
        (c, lane) => `${this.name}[${index} + ${lane}] = ${this.#written(`${value}.${c}`, 1)};`,
      );
    }
    const bits = bitsText(new OpContext(this.dtype, 4, library), value);
    if (this.bytesPerElement === 1)
      return [this.#storeWord(quarter(index), library.call("fx_pack8", 1, bits))];
    const packed = library.call("fx_pack16", 1, bits);
    return [
      "{",
      `  let words = ${packed};`,
      `  ${this.#storeWord(`(${index}) >> 1u`, "words.x")}`,
      `  ${this.#storeWord(`((${index}) >> 1u) + 1`, "words.y")}`,
      "}",
    ];
  }

  #word(at: string): string {
    return this.isAtomic ? `atomicLoad(&${this.name}[${at}])` : `${this.name}[${at}]`;
  }

  #storeWord(at: string, value: string): string {
    return this.isAtomic ? `atomicStore(&${this.name}[${at}], ${value});` : `${this.name}[${at}] = ${value};`;
  }

  /** The word that holds an element, and where in it. */
  #place(index: string): { readonly word: string; readonly shift: string; readonly mask: string } {
    const bytes = this.bytesPerElement === 1;
    const [down, within, bits] = bytes ? [2, 3, 3] : [1, 1, 4];
    return {
      word: `(${index}) >> ${down}u`,
      shift: `(u32((${index}) & ${within}) << ${bits}u)`,
      mask: bytes ? "255u" : "65535u",
    };
  }
}

const constantIndex = (index: string): number | undefined =>
  /^\d+$/.test(index) ? Number(index) : undefined;

/** A multiple of four divided by it. */
const quarter = (index: string): string => {
  const at = constantIndex(index);
  if (at !== undefined) return String(at / 4);
  return /^\w+$/.test(index) ? `${index} >> 2u` : `(${index}) >> 2u`;
};
