/** Which dtypes functions under differentiation take and return. The phrases are JAX's. */

import { dtypeTable, isComplex } from "@fluxion/ir";
import { type Aval, visibleDType } from "../core/aval.ts";
import { typeError } from "../core/user-error.ts";

const nameOf = visibleDType;
const isInexact = (aval: Aval): boolean =>
  !aval.key && ["float", "complex"].includes(dtypeTable[aval.dtype].kind);
const isFloating = (aval: Aval): boolean => !aval.key && dtypeTable[aval.dtype].kind === "float";

/** An argument of a function under reverse mode. @throws TypeError unless it is real or complex, or integers are allowed. */
export function checkReverseInput(
  transform: string,
  aval: Aval,
  { holomorphic, allowInt }: { readonly holomorphic: boolean; readonly allowInt: boolean },
): void {
  if (holomorphic && !isComplex(aval.dtype))
    throw typeError(
      `${transform} with holomorphic=True requires inputs with complex dtype, but got ${nameOf(aval)}.`,
    );
  if (isInexact(aval) || allowInt) return;
  const advice = aval.key
    ? "Leave the key out of argnums."
    : "Pass a float: jnp.float(3), x.astype(jnp.float32).";
  throw typeError(
    `${transform} requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got ` +
      `${nameOf(aval)}. If you want to use Boolean- or integer-valued inputs, use vjp or set allow_int to True (allowInt). ${advice}`,
  );
}

/** The result of a function under reverse mode. @throws TypeError unless it is real, or complex with `holomorphic`. */
export function checkReverseOutput(transform: string, aval: Aval, holomorphic: boolean): void {
  if (holomorphic) {
    if (isComplex(aval.dtype)) return;
    throw typeError(
      `${transform} with holomorphic=True requires outputs with complex dtype, but got ${nameOf(aval)}.`,
    );
  }
  if (isFloating(aval)) return;
  const advice = isComplex(aval.dtype)
    ? "For holomorphic differentiation, pass holomorphic=True. For differentiation of non-holomorphic functions involving " +
      "complex outputs, use jax.vjp directly (vjp)."
    : "For differentiation of functions with integer outputs, use jax.vjp directly (vjp).";
  throw typeError(
    `${transform} requires real-valued outputs (output dtype that is a sub-dtype of np.floating), but got ${nameOf(aval)}. ` +
      advice,
  );
}

/** An argument of a function under `jacfwd`. @throws TypeError unless it is real, or complex with `holomorphic`. */
export function checkForwardInput(transform: string, aval: Aval, holomorphic: boolean): void {
  if (holomorphic) {
    if (isComplex(aval.dtype)) return;
    throw typeError(
      `${transform} with holomorphic=True requires inputs with complex dtype, but got ${nameOf(aval)}.`,
    );
  }
  if (isFloating(aval)) return;
  throw typeError(
    `${transform} requires real-valued inputs (input dtype that is a sub-dtype of np.floating), but got ${nameOf(aval)}. For ` +
      "holomorphic differentiation, pass holomorphic=True. For differentiation of non-holomorphic functions involving complex " +
      "inputs or integer inputs, use jax.jvp directly (jvp).",
  );
}

/** The result of a function under `jacfwd`. @throws TypeError if it must be complex and is not. */
export function checkForwardOutput(transform: string, aval: Aval, holomorphic: boolean): void {
  if (!holomorphic || isComplex(aval.dtype)) return;
  throw typeError(
    `${transform} with holomorphic=True requires outputs with complex dtype, but got ${nameOf(aval)}.`,
  );
}
