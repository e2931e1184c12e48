/** `grad` and `valueAndGrad`: the gradient of a scalar function by reverse mode. */

import { vjp } from "@fluxion/autodiff";
import { Builder, type Func, isComplex, splat, type TensorType, Value } from "@fluxion/ir";
import type { Aval } from "../core/aval.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { ModuleBuilder } from "../core/trace.ts";
import { reportTransform } from "../core/transform-stages.ts";
import { formatTreeDef, type TreeDef } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { readOptions } from "../numpy/options.ts";
import type { AnyFunction, Grad, ValueAndGrad } from "../types/transforms.ts";
import { type Argnums, checkArgnums, checkCallable, dynamicArguments } from "./arguments.ts";
import { checkReverseInput, checkReverseOutput } from "./dtype-checks.ts";
import { Program } from "./program.ts";
import { derive, settleEffects } from "./staged.ts";
import { carriesTangent, scatterMask, zeroTangent } from "./tangents.ts";
import { type StagedUserFunction, stageUserFunction } from "./user-function.ts";

export interface GradOptions {
  /** Positions of the arguments to differentiate by: one, or a list (the gradients are then a list). */
  readonly argnums?: Argnums;
  /** Whether the function returns `[value, aux]`; `aux` is passed on as it is. */
  readonly hasAux?: boolean;
  /** Whether the function is complex differentiable; arguments and value are then complex. */
  readonly holomorphic?: boolean;
  /** Whether arguments may be integers; their gradients have the dtype `float0`. */
  readonly allowInt?: boolean;
}

interface ReadOptions {
  readonly argnums: Argnums;
  readonly hasAux: boolean;
  readonly holomorphic: boolean;
  readonly allowInt: boolean;
}

const optionNames = ["argnums", "hasAux", "holomorphic", "allowInt"] as const;

export function readGradOptions(
  transform: string,
  rest: readonly unknown[],
  names: readonly (typeof optionNames)[number][] = optionNames,
): ReadOptions {
  const o = readOptions(transform, names, rest);
  return {
    argnums: checkArgnums(o.argnums ?? 0),
    hasAux: o.hasAux === true,
    holomorphic: o.holomorphic === true,
    allowInt: o.allowInt === true,
  };
}

/** @throws TypeError with JAX's phrase unless the function returned one scalar. */
function checkScalar(outTree: TreeDef, avals: readonly Aval[]): void {
  const phrase = "Gradient only defined for scalar-output functions. Output";
  if (outTree.kind !== "leaf") throw typeError(`${phrase} was ${formatTreeDef(outTree)}.`);
  const { visibleShape } = avals[0];
  if (visibleShape.length > 0)
    throw typeError(
      `${phrase} had shape: (${visibleShape.join(", ")}${visibleShape.length === 1 ? "," : ""}). Reduce it first, with .sum() or ` +
        ".mean(), or take jacrev(f) for all derivatives.",
    );
}

/** (params…) → (results…, gradients of the active params…) of a function whose first result is the value. */
function gradProgram(scope: ModuleBuilder, func: Func, active: readonly boolean[], label: string): Program {
  const wanted = func.resultTypes.map((_, i) => i === 0);
  const { forward, backward, outputsActive } = vjp(scope, func, active, wanted);
  reportTransform("linearize", func.name, forward);
  reportTransform("transpose", func.name, backward);
  const b = new Builder();
  const args = func.body.arguments.map(({ type, hint }) => new Value(type, hint));
  const types = args.filter((_, i) => active[i]).map(({ type }) => type);
  const parts: string[] = [];
  const callTo = (called: Func, operands: readonly Value[]): readonly Value[] => {
    const callee = scope.add(called);
    parts.push(callee);
    return b.emit("call", operands, { callee }, { types: called.resultTypes });
  };
  const results = callTo(outputsActive[0] ? forward : func, args);
  const values = results.slice(0, func.resultTypes.length);
  const one = (type: TensorType): Value => b.constant(splat(type.dtype, type.shape, unit(type)));
  const gradients = outputsActive[0]
    ? callTo(backward, [...results.slice(values.length), one(func.resultTypes[0])])
    : types.map(({ dtype, shape }) => b.constant(splat(dtype, shape, isComplex(dtype) ? [0, 0] : 0)));
  const derived: Func = {
    name: `${func.name}_grad`,
    visibility: "private",
    body: b.finish(args, [...values, ...gradients]),
    resultTypes: [...func.resultTypes, ...types],
  };
  return new Program(derived, scope, label, parts);
}

const unit = ({ dtype }: TensorType): number | readonly [number, number] => (isComplex(dtype) ? [1, 0] : 1);

interface ValueAndGradients {
  readonly value: NDArray;
  readonly aux: unknown;
  readonly gradients: unknown;
}

function computeGradients(
  transform: string,
  fn: AnyFunction,
  args: readonly unknown[],
  options: ReadOptions,
): ValueAndGradients {
  const given = dynamicArguments(fn, args, options.argnums, options.allowInt);
  for (const { aval } of given.leaves) checkReverseInput(transform, aval, options);
  const staged = stageUserFunction({
    transform,
    name: fn.name || "<lambda>",
    leaves: given.leaves,
    parameterNames: given.names,
    hasAux: options.hasAux,
    call: (leaves) => fn(...given.rebuild(leaves)),
  });
  checkScalar(staged.outTree, staged.resultAvals);
  checkReverseOutput(transform, staged.resultAvals[0], options.holomorphic);
  const active = staged.operands.map((x, i) => i < staged.own && carriesTangent(x.aval));
  const program = derive(staged, `grad ${active.join()}`, (scope, func) =>
    gradProgram(scope, func, active, `${transform}(${fn.name || "<lambda>"})`),
  );
  const avals = staged.operands.filter((_, i) => active[i]).map(({ aval }) => aval);
  const results = program.call(staged.operands, [...staged.resultAvals, ...avals]);
  const mask = active.slice(0, staged.own);
  return unpack(staged, results, (gradients) =>
    given.structure(scatterMask(mask, gradients, (i) => zeroTangent(given.leaves[i].aval))),
  );
}

function unpack(
  staged: StagedUserFunction,
  results: readonly NDArray[],
  structure: (gradients: readonly NDArray[]) => unknown,
): ValueAndGradients {
  const count = staged.resultAvals.length;
  const own = settleEffects(staged, results.slice(0, count));
  return { value: own[0], aux: staged.auxOf?.(own), gradients: structure(results.slice(count)) };
}

/**
 * The gradient of a scalar function by its first argument, or by those at `argnums`, in their structure. With `hasAux` the
 * function returns `[value, aux]` and its gradient `[gradient, aux]`.
 *
 * @throws TypeError if the function does not return a real scalar, or an argument is not real or complex.
 *
 * @example
 * grad((x) => jnp.sin(x))(0.5); // cos(0.5)
 */
export function grad<F extends AnyFunction>(fn: F): Grad<F, 0>;
export function grad<F extends AnyFunction, const O extends Argnums | GradOptions>(
  fn: F,
  options: O,
): Grad<F, O>;
export function grad(fn: AnyFunction, ...rest: readonly unknown[]): AnyFunction {
  checkCallable(fn, "grad");
  const options = readGradOptions("grad", rest);
  return renamed(fn, "grad", (...args) => {
    const { gradients, aux } = computeGradients("grad", fn, args, options);
    return options.hasAux ? [gradients, aux] : gradients;
  });
}

/** As `grad`, with the value in front: `[value, gradient]`, or `[[value, aux], gradient]` with `hasAux`. */
export function valueAndGrad<F extends AnyFunction>(fn: F): ValueAndGrad<F, 0>;
export function valueAndGrad<F extends AnyFunction, const O extends Argnums | GradOptions>(
  fn: F,
  options: O,
): ValueAndGrad<F, O>;
export function valueAndGrad(fn: AnyFunction, ...rest: readonly unknown[]): AnyFunction {
  checkCallable(fn, "valueAndGrad");
  const options = readGradOptions("valueAndGrad", rest);
  return renamed(fn, "valueAndGrad", (...args) => {
    const { value, gradients, aux } = computeGradients("grad", fn, args, options);
    return [options.hasAux ? [value, aux] : value, gradients];
  });
}

/** A transformed function, called after the original. */
export function renamed<F extends AnyFunction>(fn: AnyFunction, transform: string, wrapper: F): F {
  Object.defineProperty(wrapper, "name", { value: `${transform}_${fn.name || "lambda"}` });
  return wrapper;
}
