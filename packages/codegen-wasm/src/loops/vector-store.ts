/** Stores of vectors: contiguous or at any stride, each dtype in its storage form. */
import { dtypeTable } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { bytesOf } from "../scalar/types.ts";
import type { Address } from "./address.ts";
import { encode } from "./storage.ts";
import { type Form, formOf, type Vector, type Vectors } from "./vector.ts";
import { place } from "./vector-memory.ts";

/**
 * Emits all arithmetic of a store, and returns what emits the stores themselves: lane l goes `stride · l` elements
 * after the address.
 */
export function prepareStore(v: Vectors, value: Vector, address: Address, stride: number): () => void {
  const { dtype } = value;
  const bytes = bytesOf(dtype);
  const raw = encodeVector(v, value);
  if (stride === 1 && bytes <= 2 && (v.lanes * bytes) % 16 === 0) return narrowStore(v, raw, bytes, address);
  if (stride === 1 && bytes <= 2) return packedStore(v, raw, bytes, address);
  return () => {
    raw.registers.forEach((register, j) => {
      const at = (j * 128 * stride * bytes) / raw.form;
      const count = v.lanesIn(raw.form, j);
      if (stride === 1 && count === 128 / raw.form) {
        const [offset, base] = place(v, address, at);
        v.fc.f.push(v.fc.f.m.v128.store(offset, 4, base, v.fc.f.get(register)));
      } else {
        for (let lane = 0; lane < count; lane++)
          storeLane(v, bytes, register, lane, place(v, address, at + lane * stride * bytes));
      }
    });
  };
}

/** As `prepareStore`, to one address for each lane. */
export function prepareScatter(v: Vectors, value: Vector, addresses: readonly Address[]): () => void {
  const bytes = bytesOf(value.dtype);
  const raw = encodeVector(v, value);
  const per = 128 / raw.form;
  return () => {
    addresses.forEach((address, lane) => {
      storeLane(v, bytes, raw.registers[Math.floor(lane / per)], lane % per, place(v, address, 0));
    });
  };
}

function encodeVector(v: Vectors, value: Vector): Vector {
  const form = formOf(value.dtype);
  return v.mapLocals(value.dtype, form, [value], (register) => encode(v.fc, value.dtype, register));
}

function storeLane(v: Vectors, bytes: number, register: Local, lane: number, at: [number, Expr]): void {
  const { f } = v.fc;
  const { v128 } = f.m;
  const [offset, base] = at;
  const value = f.get(register);
  if (bytes === 1) f.push(v128.store8_lane(offset, 1, lane * 4, base, value));
  else if (bytes === 2) f.push(v128.store16_lane(offset, 2, lane * 2, base, value));
  else if (bytes === 4) f.push(v128.store32_lane(offset, 4, lane, base, value));
  else f.push(v128.store64_lane(offset, 8, lane, base, value));
}

/** Two registers' elements in turn: the first half of them, and the second. */
const TURNS: Readonly<Record<Form, readonly (readonly number[])[]>> = {
  32: [
    [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23],
    [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31],
  ],
  64: [
    [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
    [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31],
  ],
};

/** As `prepareStore`, of two vectors whose elements go to the address in turn. Elements have four or eight bytes. */
export function prepareInterleaved(v: Vectors, even: Vector, odd: Vector, address: Address): () => void {
  const { f } = v.fc;
  const [a, b] = [encodeVector(v, even), encodeVector(v, odd)];
  const bytes = bytesOf(even.dtype);
  const stores: (() => void)[] = [];
  a.registers.forEach((register, j) => {
    const count = v.lanesIn(a.form, j);
    const at = 32 * j;
    if (count < 128 / a.form) {
      for (let lane = 0; lane < count; lane++)
        for (const [i, side] of [register, b.registers[j]].entries())
          stores.push(() => storeLane(v, bytes, side, lane, place(v, address, at + (2 * lane + i) * bytes)));
      return;
    }
    TURNS[a.form].forEach((mask, i) => {
      const mixed = v.let(f.m.i8x16.shuffle(f.get(register), f.get(b.registers[j]), mask));
      stores.push(() => {
        const [offset, base] = place(v, address, at + 16 * i);
        f.push(f.m.v128.store(offset, 4, base, f.get(mixed)));
      });
    });
  });
  return () => {
    for (const store of stores) store();
  };
}

/** The low bytes of eight 32-bit lanes in two registers, gathered at the bottom. */
const PACK: Readonly<Record<1 | 2, readonly number[]>> = {
  1: [0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0],
  2: [0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29],
};

/**
 * Whole registers of elements of one or two bytes, which stand in lanes of 32 bits and are in their type's range: narrowing
 * with saturation is an instruction of its own.
 */
function narrowStore(v: Vectors, { dtype, registers }: Vector, bytes: number, address: Address): () => void {
  const { f } = v.fc;
  const { v128, i8x16, i16x8 } = f.m;
  const isSigned = dtypeTable[dtype].kind === "int";
  const to16 = bytes === 1 || isSigned ? i16x8.narrow_i32x4_s : i16x8.narrow_i32x4_u;
  const to8 = isSigned ? i8x16.narrow_i16x8_s : i8x16.narrow_i16x8_u;
  const narrowed = (parts: readonly Local[], narrow: typeof to16): Local[] =>
    parts.flatMap((part, j) => (j % 2 === 0 ? [v.let(narrow(f.get(part), f.get(parts[j + 1])))] : []));
  const words = narrowed(registers, to16);
  const packed = bytes === 1 ? narrowed(words, to8) : words;
  return () => {
    packed.forEach((register, j) => {
      const [offset, base] = place(v, address, 16 * j);
      f.push(v128.store(offset, bytes, base, f.get(register)));
    });
  };
}

function packedStore(v: Vectors, raw: Vector, bytes: number, address: Address): () => void {
  const { f } = v.fc;
  const { v128, i8x16 } = f.m;
  const stores: (() => void)[] = [];
  for (let j = 0; j < raw.registers.length; ) {
    const [a, b] = [raw.registers[j], raw.registers[j + 1]];
    const at = 4 * j * bytes;
    const rest = v.lanes - 4 * j;
    if (rest < 4) {
      for (let lane = 0; lane < rest; lane++)
        stores.push(() => storeLane(v, bytes, a, lane, place(v, address, at + lane * bytes)));
      break;
    }
    const two = rest >= 8;
    const packed = v.let(i8x16.shuffle(f.get(a), f.get(two ? b : a), PACK[bytes as 1 | 2]));
    stores.push(() => {
      const [offset, base] = place(v, address, at);
      const value = f.get(packed);
      const size = (two ? 8 : 4) * bytes;
      if (size === 16) f.push(v128.store(offset, 2, base, value));
      else if (size === 8) f.push(v128.store64_lane(offset, bytes, 0, base, value));
      else f.push(v128.store32_lane(offset, bytes, 0, base, value));
    });
    j += two ? 2 : 1;
  }
  return () => {
    for (const store of stores) store();
  };
}
