/**
 * `config.debugNans` and `config.debugInfs`: results are searched for NaNs and infinities after every compiled program.
 * If there is one, the program runs again on the reference interpreter, operation by operation, which finds the one that
 * made it.
 */

import {
  type DType,
  dtypeTable,
  interpret,
  type Literal,
  type Location,
  literal,
  type Module,
  type Operation,
  type TypedArray,
} from "@fluxion/ir";
import { naturalArray } from "../array/natural.ts";
import { primitiveOf } from "../stages/jaxpr/equations.ts";
import { config } from "./config.ts";
import { atLocation, FloatingPointError, NotImplementedError } from "./errors.ts";
import { userLocation } from "./location.ts";
import { type NDArray, storageOf } from "./ndarray.ts";

export const checksValues = (): boolean => config.debugNans || config.debugInfs;

type Bad = "nan" | "inf";

function badEntry(dtype: DType, data: TypedArray): Bad | undefined {
  const { kind } = dtypeTable[dtype];
  if (kind !== "float" && kind !== "complex") return undefined;
  for (const value of naturalArray(dtype, data)) {
    if (config.debugNans && Number.isNaN(value)) return "nan";
    if (config.debugInfs && (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY))
      return "inf";
  }
  return undefined;
}

const badLiteral = ({ type, data }: Literal): Bad | undefined => badEntry(type.dtype, data);

/** Elements of arrays, read before a program may overwrite them. */
export function snapshot(args: readonly NDArray[]): Literal[] {
  return args.map((x) => literal(x.aval.dtype, x.aval.shape, readNow(x)));
}

function readNow(x: NDArray): TypedArray {
  try {
    return storageOf(x);
  } catch (error) {
    throw new NotImplementedError(
      "config.debugNans and config.debugInfs read every result at once, which this device cannot do. Use the CPU device: " +
        `config.update("defaultDevice", "cpu").`,
      { cause: error },
    );
  }
}

/** The program that made the results, for a second run. */
export interface CheckedProgram {
  readonly name: string;
  /** Whether it is one function of the library, called outside of a trace. */
  readonly eager: boolean;
  readonly module: () => Module;
}

/** @throws FloatingPointError with JAX's phrase if a result holds a NaN or an infinity and the settings forbid it. */
export function checkValues(
  program: CheckedProgram,
  args: readonly Literal[],
  results: readonly NDArray[],
): void {
  for (const x of results) {
    const bad = badEntry(x.aval.dtype, readNow(x));
    if (bad === undefined) continue;
    const origin = findOrigin(program.module(), args, bad);
    const line = program.eager ? userLocation() : origin?.location;
    throw origin === undefined
      ? new FloatingPointError(
          `invalid value (${bad}) encountered in ${program.name}: no operation made it, it came in with an argument or a ` +
            `constant${atLocation(userLocation())}`,
        )
      : new FloatingPointError(
          `invalid value (${bad}) encountered in ${primitiveOf(origin.operation).name}${atLocation(line)}\n` +
            `${advice(bad, program)}`,
        );
  }
}

const advice = (bad: Bad, { eager, name }: CheckedProgram): string =>
  `${eager ? "" : `It is in a result of ${name}, which ran again operation by operation to find the line. `}` +
  `config.${bad === "nan" ? "debugNans" : "debugInfs"} asked for this check.`;

interface Origin {
  readonly operation: Operation;
  readonly location: Location | undefined;
}

/** The first operation that makes a bad value of good ones. */
function findOrigin(module: Module, args: readonly Literal[], bad: Bad): Origin | undefined {
  let found: Origin | undefined;
  interpret(module, args, {
    onOperation: (operation, results, operands) => {
      // A constant is what the user wrote: an infinity in it is meant.
      if (found !== undefined || operation.opcode === "constant") return;
      if (!results.some((x) => badLiteral(x) === bad) || operands.some((x) => badLiteral(x) === bad)) return;
      found = { operation, location: operation.location };
    },
  });
  return found;
}
