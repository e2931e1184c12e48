/** StableHLO programs that JAX wrote: read, printed and read again, and run on the reference interpreter. */

import {
  allocateStorage,
  type DType,
  interpret,
  type Literal,
  literal,
  type Module,
  parseModule,
  printModule,
  realPart,
  toStorage,
} from "@fluxion/ir";
import { elementsOf } from "./adapter.ts";
import { decodeData } from "./decode.ts";
import { type Elements, type EncodedArray, isComplex, isFloating, type ProgramCase } from "./format.ts";

/** A float32 rounding, relative to the largest magnitude of a result. */
const rounding = 2 ** -24;

export function asLiteral({ dtype, shape, data }: EncodedArray): Literal {
  const type = dtype as DType;
  const entries = decodeData(dtype, data).flatMap((v) => toStorage(realPart(type), v));
  const storage = allocateStorage(
    type,
    shape.reduce((n, d) => n * d, 1),
  );
  entries.forEach((v, i) => {
    storage[i] = v as never;
  });
  return literal(type, shape, storage);
}

/** All elements of a literal; a splat stands for as many as its shape holds. */
export function literalElements({ type, data, splat }: Literal): Elements {
  const stored = elementsOf(type.dtype, data);
  const count = type.shape.reduce((n, d) => n * d, stored.length);
  return splat ? Array.from({ length: count }, (_, i) => stored[i % stored.length]) : stored;
}

/** What is wrong with one result. */
export function compareResult(expected: EncodedArray, actual: Literal, units: number): string[] {
  const { dtype, shape } = actual.type;
  if (dtype !== expected.dtype || `${shape}` !== `${expected.shape}`) {
    return [`${dtype}[${shape}], expected ${expected.dtype}[${expected.shape}]`];
  }
  const [want, got] = [decodeData(expected.dtype, expected.data), literalElements(actual)];
  const inexact = isFloating(dtype) || isComplex(dtype);
  const magnitudes = want.map((v) => Math.abs(Number(v))).filter(Number.isFinite);
  const bound = inexact ? units * rounding * Math.max(0, ...magnitudes) : 0;
  const isWrong = (v: number | bigint, i: number): boolean =>
    !Object.is(v, got[i]) && !(inexact && Math.abs(Number(v) - Number(got[i])) <= bound && bound > 0);
  const at = want.findIndex(isWrong);
  return at < 0 ? [] : [`[${at}] is ${got[at]}, expected ${want[at]} within ${bound}`];
}

/** Everything that is wrong with one program. */
export function runProgram({ text, args, results, units }: ProgramCase): string[] {
  const module: Module = parseModule(text);
  const printed = printModule(module);
  if (printModule(parseModule(printed)) !== printed) return ["print, parse, print is not the identity"];
  const outputs = interpret(module, args.map(asLiteral));
  if (outputs.length !== results.length) return [`${outputs.length} results, expected ${results.length}`];
  return results.flatMap((expected, i) =>
    compareResult(expected, outputs[i], units).map((w) => `result ${i}: ${w}`),
  );
}
