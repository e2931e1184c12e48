/** Loads of vectors: contiguous, reversed or at any stride, each dtype from its storage form. */
import type { kernel as k, RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { bytesOf } from "../scalar/types.ts";
import type { Address } from "./address.ts";
import { decode } from "./storage.ts";
import { type Form, formOf, type Vector, type Vectors } from "./vector.ts";

/** `address + bytes` as a load or store takes it. */
export function place(v: Vectors, { pointer, offset }: Address, bytes: number): [offset: number, base: Expr] {
  const { f } = v.fc;
  const at = offset + bytes;
  return at >= 0 ? [at, f.get(pointer)] : [0, f.m.i32.add(f.get(pointer), f.m.i32.const(at))];
}

/** Whether an index is odd, if that is known. */
export function parityOf({ offset, terms }: k.Index): boolean | undefined {
  return terms.every(({ stride }) => stride % 2 === 0) ? offset % 2 !== 0 : undefined;
}

/**
 * Loads lane l from `stride · l` elements after the address. `odd` tells on which side of a pair (a complex number)
 * the elements stand, if they are every second one: whole pairs may then be loaded.
 */
export function loadVector(
  v: Vectors,
  dtype: RealDType,
  address: Address,
  stride: number,
  odd?: boolean,
): Vector {
  const bytes = bytesOf(dtype);
  const form = formOf(dtype);
  if (stride === 0) return loadSplat(v, dtype, address);
  if (stride === 1 && bytes === 1) return loadBytes(v, dtype, address);
  const registers: Local[] = [];
  for (let j = 0; j < v.count(form); j++) {
    const at = (j * 128 * stride * bytes) / form;
    const whole = v.lanesIn(form, j) === 128 / form;
    let raw: Expr;
    if (stride === 1 && whole) raw = loadWhole(v, dtype, address, at);
    else if (stride === 2 && whole && bytes >= 4 && odd !== undefined)
      raw = loadHalves(v, form, address, at - (odd ? bytes : 0), odd);
    else if (stride === -1 && whole && bytes >= 4) raw = loadReversed(v, form, address, at);
    else
      raw = loadLanes(v, dtype, v.lanesIn(form, j), (lane) => place(v, address, at + lane * stride * bytes));
    registers.push(decode(v.fc, dtype, v.let(raw)));
  }
  return { dtype, form, registers };
}

function loadSplat(v: Vectors, dtype: RealDType, address: Address): Vector {
  const { m } = v.fc.f;
  const bytes = bytesOf(dtype);
  const [at, base] = place(v, address, 0);
  const raw =
    bytes === 4
      ? m.v128.load32_splat(at, 4, base)
      : bytes === 8
        ? m.v128.load64_splat(at, 8, base)
        : m.i32x4.splat(loadNarrow(v, dtype, at, base));
  return v.repeat(dtype, formOf(dtype), decode(v.fc, dtype, v.let(raw)));
}

/** An element of one or two bytes as an i32. */
function loadNarrow(v: Vectors, dtype: RealDType, at: number, base: Expr): Expr {
  const { i32 } = v.fc.f.m;
  if (bytesOf(dtype) === 1) return dtype === "int8" ? i32.load8_s(at, 1, base) : i32.load8_u(at, 1, base);
  return dtype === "int16" ? i32.load16_s(at, 2, base) : i32.load16_u(at, 2, base);
}

function loadWhole(v: Vectors, dtype: RealDType, address: Address, bytes: number): Expr {
  const { v128 } = v.fc.f.m;
  const [at, base] = place(v, address, bytes);
  if (bytesOf(dtype) === 2)
    return dtype === "int16" ? v128.load16x4_s(at, 2, base) : v128.load16x4_u(at, 2, base);
  return v128.load(at, 4, base);
}

const REVERSED: Readonly<Record<Form, readonly number[]>> = {
  32: [12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3],
  64: [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7],
};

function loadReversed(v: Vectors, form: Form, address: Address, bytes: number): Expr {
  const { v128, i8x16 } = v.fc.f.m;
  const [at, base] = place(v, address, bytes - (16 - form / 8));
  const { fc } = v;
  const forward = v.let(v128.load(at, 4, base));
  return i8x16.shuffle(fc.f.get(forward), fc.f.get(forward), REVERSED[form]);
}

/** The even or the odd elements of two registers. */
const HALVES: Readonly<Record<Form, readonly [even: readonly number[], odd: readonly number[]]>> = {
  32: [
    [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27],
    [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31],
  ],
  64: [
    [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
    [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31],
  ],
};

function loadHalves(v: Vectors, form: Form, address: Address, bytes: number, odd: boolean): Expr {
  const { v128, i8x16 } = v.fc.f.m;
  const [a, b] = [0, 16].map((step) => {
    const [at, base] = place(v, address, bytes + step);
    return v128.load(at, 4, base);
  });
  return i8x16.shuffle(a, b, HALVES[form][odd ? 1 : 0]);
}

/** One load for each lane; the rest of the register is zero. */
function loadLanes(
  v: Vectors,
  dtype: RealDType,
  count: number,
  placeOf: (lane: number) => [number, Expr],
): Expr {
  const { v128, i32x4 } = v.fc.f.m;
  const bytes = bytesOf(dtype);
  const [at, base] = placeOf(0);
  let value =
    bytes === 4
      ? v128.load32_zero(at, 4, base)
      : bytes === 8
        ? v128.load64_zero(at, 8, base)
        : i32x4.splat(loadNarrow(v, dtype, at, base));
  for (let lane = 1; lane < count; lane++) {
    const [offset, pointer] = placeOf(lane);
    if (bytes === 4) value = v128.load32_lane(offset, 4, lane, pointer, value);
    else if (bytes === 8) value = v128.load64_lane(offset, 8, lane, pointer, value);
    else value = i32x4.replace_lane(value, lane, loadNarrow(v, dtype, offset, pointer));
  }
  return value;
}

/** Contiguous bytes: eight at once where two registers are to be filled. */
function loadBytes(v: Vectors, dtype: RealDType, address: Address): Vector {
  const { f } = v.fc;
  const { v128, i16x8, i32x4 } = f.m;
  const signed = dtype === "int8";
  const extendLow = signed ? i32x4.extend_low_i16x8_s : i32x4.extend_low_i16x8_u;
  const extendHigh = signed ? i32x4.extend_high_i16x8_s : i32x4.extend_high_i16x8_u;
  const registers: Local[] = [];
  for (let j = 0; j < v.count(32); ) {
    const [at, base] = place(v, address, 4 * j);
    if (v.lanes - 4 * j >= 8) {
      const words = v.let(signed ? v128.load8x8_s(at, 1, base) : v128.load8x8_u(at, 1, base));
      registers.push(v.let(extendLow(f.get(words))), v.let(extendHigh(f.get(words))));
      j += 2;
    } else if (v.lanesIn(32, j) === 4) {
      const four = v128.load32_zero(at, 1, base);
      const words = signed ? i16x8.extend_low_i8x16_s(four) : i16x8.extend_low_i8x16_u(four);
      registers.push(v.let(extendLow(words)));
      j += 1;
    } else {
      const lanes = loadLanes(v, dtype, v.lanesIn(32, j), (lane) => place(v, address, 4 * j + lane));
      registers.push(v.let(lanes));
      j += 1;
    }
  }
  return { dtype, form: 32, registers: registers.map((raw) => decode(v.fc, dtype, raw)) };
}

/** A vector from the elements at one address for each lane. */
export function gatherVector(v: Vectors, dtype: RealDType, addresses: readonly Address[]): Vector {
  const form = formOf(dtype);
  const registers: Local[] = [];
  for (let j = 0; j < v.count(form); j++) {
    const first = (j * 128) / form;
    const raw = loadLanes(v, dtype, v.lanesIn(form, j), (lane) => place(v, addresses[first + lane], 0));
    registers.push(decode(v.fc, dtype, v.let(raw)));
  }
  return { dtype, form, registers };
}
