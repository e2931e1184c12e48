/** Choices between elements, rounding, and changes of element type. */

import { bitcastShape, type DType, formatShape, formatType } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import { readDType } from "../numpy/options.ts";
import { requireKind, sameDTypes, sameOperands } from "./operands.ts";

/** `onTrue` where `pred` holds, else `onFalse`; both of one shape and dtype, `pred` of that shape or a scalar. */
export const select = (pred: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): NDArray =>
  dispatchOne(
    "lax.select",
    [asArray(pred, "select", 0), asArray(onTrue, "select", 1), asArray(onFalse, "select", 2)],
    undefined,
    ([p, a, b]) => {
      if (p.dtype !== "bool") throw typeError(`select: which must be boolean, got ${p.dtype}.`);
      const cases = sameOperands("select", [a, b]);
      if (p.ndim > 0 && p.shape.join() !== cases[0].shape.join()) {
        throw new TypeError(
          "select: which must be scalar or have the same shape as cases, got shapes " +
            `${formatShape(p.shape)} and ${formatShape(cases[0].shape)}.${atLocation(userLocation())}`,
        );
      }
      return emitOne("select", [p, ...cases], {}, { weakType: a.weakType && b.weakType });
    },
  );

/** `min(max(x, low), high)`; the bounds are scalars or of the shape of `x`. */
export const clamp = (low: ArrayLike, x: ArrayLike, high: ArrayLike): NDArray =>
  dispatchOne(
    "lax.clamp",
    [asArray(low, "clamp", 0), asArray(x, "clamp", 1), asArray(high, "clamp", 2)],
    undefined,
    (args) => {
      const [l, a, h] = sameDTypes("clamp", args);
      for (const bound of [l, h]) {
        if (bound.ndim > 0 && bound.shape.join() !== a.shape.join()) {
          throw new TypeError(
            `clamp requires bounds of the shape of the operand or scalars, got ${formatShape(bound.shape)} and ` +
              `${formatShape(a.shape)}.${atLocation(userLocation())}`,
          );
        }
      }
      return emitOne("clamp", [l, a, h], {}, { weakType: args.every((arg) => arg.weakType) });
    },
  );

/** `"awayFromZero"` or `"toNearestEven"`: where ties go. */
export type RoundingMethod = "awayFromZero" | "toNearestEven";

/** The nearest integer, as a float; ties go away from zero unless `method` says otherwise. */
export const round = (x: ArrayLike, method: RoundingMethod = "awayFromZero"): NDArray =>
  dispatchOne("lax.round", [asArray(x, "round", 0)], { method }, ([a], s) => {
    requireKind("round", a.dtype, "float");
    return emitOne(s.method === "toNearestEven" ? "round_nearest_even" : "round_nearest_afz", [a], {});
  });

/** `x` as another dtype, by value. */
export function convertElementType(x: ArrayLike, dtype: DType): NDArray {
  const target = readDType("convertElementType", dtype);
  if (target === undefined) throw typeError("lax.convertElementType needs a dtype");
  const operand = asArray(x, "convertElementType", 0);
  return dispatchOne("lax.convert_element_type", [operand], { target }, ([a], s) => convert(a, s.target));
}

/**
 * The bits of `x` under another dtype. A narrower one adds a last dimension, a wider one takes it away.
 * @throws TypeError if the widths do not fit.
 */
export function bitcastConvertType(x: ArrayLike, dtype: DType): NDArray {
  const target = readDType("bitcastConvertType", dtype);
  if (target === undefined) throw typeError("lax.bitcastConvertType needs a dtype");
  const operand = asArray(x, "bitcastConvertType", 0);
  const shape = bitcastShape(operand.aval, target);
  if (shape === undefined)
    throw new TypeError(
      `bitcastConvertType cannot read ${formatType(operand.aval)} as ${target}.${atLocation(userLocation())}`,
    );
  return dispatchOne("lax.bitcast_convert_type", [operand], { target, shape }, ([a], s) =>
    a.dtype === s.target
      ? convert(a, s.target)
      : emitOne(
          "bitcast_convert",
          [a],
          {},
          { types: [{ dtype: s.target, shape: s.shape }], weakType: false },
        ),
  );
}

/** Rounds a float to a format with the given widths of exponent and mantissa, in bits, and back. */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): NDArray =>
  dispatchOne(
    "lax.reduce_precision",
    [asArray(x, "reducePrecision", 0)],
    { exponentBits, mantissaBits },
    ([a], s) => {
      requireKind("reduce_precision", a.dtype, "float");
      return emitOne("reduce_precision", [a], {
        exponent_bits: s.exponentBits,
        mantissa_bits: s.mantissaBits,
      });
    },
  );
