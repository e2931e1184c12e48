/** Arithmetic ufuncs of `jnp`. */

import * as lax from "../lax/index.ts";
import { binaryUfunc, unaryUfunc } from "./define.ts";

export const add = binaryUfunc("add", "number", lax.add);
export const subtract = binaryUfunc("subtract", "number", lax.sub);
export const multiply = binaryUfunc("multiply", "number", lax.mul);
export const trueDivide = binaryUfunc("trueDivide", "inexact", lax.div);
export const divide = binaryUfunc("divide", "inexact", lax.div);
export const exp = unaryUfunc("exp", "inexact", lax.exp);
export const tanh = unaryUfunc("tanh", "inexact", lax.tanh);
