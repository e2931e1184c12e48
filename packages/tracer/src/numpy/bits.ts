/** Functions of the bits of integers. */

import { isSigned, isUnsigned } from "@fluxion/ir";
import { convert } from "../core/emit.ts";
import * as lax from "../lax/index.ts";
import { binaryUfunc, unaryUfunc } from "./define.ts";

export const bitwiseAnd = binaryUfunc("bitwiseAnd", "any", lax.bitwiseAnd);
export const bitwiseOr = binaryUfunc("bitwiseOr", "any", lax.bitwiseOr);
export const bitwiseXor = binaryUfunc("bitwiseXor", "any", lax.bitwiseXor);
export const bitwiseNot = unaryUfunc("bitwiseNot", "any", lax.bitwiseNot);
export { bitwiseNot as bitwiseInvert, bitwiseNot as invert };
/** Left shift; 0 once the amount reaches the width. */
export const leftShift = binaryUfunc("leftShift", "number", lax.shiftLeft);
export { leftShift as bitwiseLeftShift };
/** Right shift that keeps the sign of signed integers. */
export const rightShift = binaryUfunc("rightShift", "number", (x, y) =>
  isUnsigned(x.dtype) ? lax.shiftRightLogical(x, y) : lax.shiftRightArithmetic(x, y),
);
export { rightShift as bitwiseRightShift };
/** Number of one bits of |x|, as uint8. */
export const bitwiseCount = unaryUfunc("bitwiseCount", "number", (x) =>
  convert(lax.populationCount(isSigned(x.dtype) ? lax.abs(x) : x), "uint8"),
);
