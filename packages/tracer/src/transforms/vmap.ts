/** `vmap`: a function of one example as a function of many. */

import { type BatchAxis, batch } from "@fluxion/autodiff";
import type { Func } from "@fluxion/ir";
import { type Aval, avalOf } from "../core/aval.ts";
import type { StagedEffect } from "../core/effects.ts";
import { withNamedAxis } from "../core/named-axes.ts";
import type { NDArray } from "../core/ndarray.ts";
import { asOutput } from "../core/outputs.ts";
import type { ModuleBuilder } from "../core/trace.ts";
import { reportTransform } from "../core/transform-stages.ts";
import { leafPaths, type TreeDef, treeFlatten, treeUnflatten } from "../core/tree.ts";
import { rangeError } from "../core/user-error.ts";
import { dynamicIndexInDim } from "../lax/dynamic.ts";
import { normalizeAxis } from "../numpy/options.ts";
import type { Many } from "../types/batched.ts";
import { type AnyFunction, checkCallable } from "./arguments.ts";
import { type Axis, type AxisSpec, axesOfLeaves } from "./axis-spec.ts";
import { batchingRulesOf } from "./custom/batching-rules.ts";
import { withMissingOperands } from "./custom/missing-operand.ts";
import { Program } from "./program.ts";
import { derive, type Staged, settleEffects, stage } from "./staged.ts";
import { batchSize, type Leaf, readLeaves } from "./vmap-arguments.ts";
import { type ReadOptions, readVmapOptions, type VmapOptions } from "./vmap-options.ts";

/** The type of one example. */
const exampleAval = ({ dtype, shape, weakType, key, float0 }: Aval, axis: Axis): Aval =>
  avalOf(dtype, axis === null ? shape : shape.filter((_, i) => i !== axis), weakType, key, float0);

const manyAval = ({ dtype, shape, weakType, key, float0 }: Aval, axis: Axis, size: number): Aval =>
  avalOf(dtype, axis === null ? shape : shape.toSpliced(axis, 0, size), weakType, key, float0);

interface BatchedProgram {
  readonly program: Program;
  readonly outAxes: readonly BatchAxis[];
}

function batchedProgram(
  staged: Staged,
  label: string,
  size: number,
  inAxes: readonly Axis[],
  outAxes: readonly Axis[],
  axisName: string | undefined,
): BatchedProgram {
  const key = JSON.stringify(["vmap", size, inAxes, outAxes, axisName]);
  return derive(staged, key, (scope: ModuleBuilder, func: Func) => {
    // A result that must have no batch is looked at first, so that the error can name it.
    const wanted = staged.resultAvals.map((_, i) => outAxes[i] ?? ("any" as const));
    const derived = batch(scope, func, size, inAxes, {
      axisName,
      outAxes: wanted,
      customBatching: batchingRulesOf(scope),
    });
    reportTransform("batch", func.name, derived.func);
    return { program: new Program(derived.func, scope, label), outAxes: derived.outAxes };
  });
}

/** @throws RangeError with JAX's phrase if a result has a batch but must not. */
function checkUnbatched(outAxes: readonly Axis[], found: readonly BatchAxis[], outTree: TreeDef): void {
  const paths = leafPaths(outTree);
  outAxes.forEach((axis, i) => {
    if (axis !== null || found[i] === null) return;
    throw rangeError(
      `at vmap out_axes${paths[i]}, got axis spec None but output was batched on axis ${found[i]}: every example has a value ` +
        "of its own. Give an axis in outAxes.",
    );
  });
}

/** A callback inside of the function runs for every example, or once if its values do not differ between them. */
const forEachExample = (effect: StagedEffect, axes: readonly BatchAxis[], size: number): StagedEffect => ({
  count: effect.count,
  run: (values) => {
    const count = axes.every((axis) => axis === null) ? 1 : size;
    for (let n = 0; n < count; n++) {
      effect.run(
        values.map((x, i) => {
          const axis = axes[i];
          return axis === null ? x : dynamicIndexInDim(x, n, axis, false);
        }),
      );
    }
  },
});

function effectsOfExamples({ effects, outputs }: Staged, axes: readonly BatchAxis[], size: number) {
  let next = outputs;
  return effects.map((effect) => {
    const own = axes.slice(next, next + effect.count);
    next += effect.count;
    return forEachExample(effect, own, size);
  });
}

function callBatched(fn: AnyFunction, args: readonly unknown[], options: ReadOptions): unknown {
  const { leaves, treedef } = readLeaves(fn, args, options.inAxes);
  const size = batchSize(leaves, args, options.axisSize);
  const name = fn.name || "<lambda>";
  const given = leaves.filter(({ array }) => array !== undefined);
  const operands = given.map(({ array }) => array as NDArray);
  let outTree: TreeDef | undefined;
  const staged = stage({
    transform: "vmap",
    name,
    operands,
    avals: operands.map(({ aval }, i) => exampleAval(aval, given[i].axis)),
    concrete: given.map(({ axis }) => axis === null),
    parameterNames: given.map((leaf) => leaf.name),
    body: (parameters) => {
      let next = 0;
      const own = leaves.map(({ array, value }) => (array === undefined ? value : parameters[next++]));
      const out = withNamedAxis(options.axisName, size, () =>
        fn(...(treeUnflatten(treedef, own) as unknown[])),
      );
      const [outLeaves, tree] = treeFlatten(out);
      outTree = tree;
      return outLeaves.map((leaf) => asOutput(leaf, name, "batched"));
    },
  });
  if (outTree === undefined) throw new Error("vmap: the function was not traced");
  return finish(staged, outTree, { size, label: `vmap(${name})`, given, options });
}

interface Call {
  readonly size: number;
  readonly label: string;
  readonly given: readonly Leaf[];
  readonly options: ReadOptions;
}

/** Batches the traced function and runs or stages it. */
function finish(staged: Staged, outTree: TreeDef, { size, label, given, options }: Call): unknown {
  const own = axesOfLeaves("out_axes", options.outAxes, outTree).map((axis, i) =>
    axis === null ? null : normalizeAxis(axis, staged.resultAvals[i].visibleShape.length + 1),
  );
  const inAxes = staged.operands.map((_, i) => given[i]?.axis ?? null);
  const { program, outAxes } = batchedProgram(staged, label, size, inAxes, own, options.axisName);
  checkUnbatched(own, outAxes, outTree);
  const avals = staged.resultAvals.map((aval, i) => manyAval(aval, outAxes[i], size));
  const results = program.call(staged.operands, avals);
  const effects = effectsOfExamples(staged, outAxes, size);
  return treeUnflatten(outTree, settleEffects({ ...staged, effects }, results).slice(0, staged.outputs));
}

/**
 * The function of many examples: `vmap(f)(xs)` is `f` of every row of `xs`, stacked. The examples lie along an axis of the
 * arguments (`inAxes`) and of the results (`outAxes`); a null axis is for what they share. Runs compiled also without `jit`.
 *
 * @throws RangeError if arguments differ in the number of examples, or an axis does not exist; TypeError if `inAxes` or `outAxes`
 * are no axes.
 *
 * @example
 * vmap((x, y) => jnp.dot(x, y), { inAxes: [0, null] })(rows, vector);
 */
export function vmap<F extends AnyFunction>(
  fn: F,
  inAxes?: Axis | readonly AxisSpec[] | VmapOptions,
  outAxes?: AxisSpec | VmapOptions,
  axisName?: string | null | VmapOptions,
  axisSize?: number | null | VmapOptions,
): Many<F>;
export function vmap(fn: AnyFunction, ...rest: readonly unknown[]): unknown {
  checkCallable(fn, "vmap");
  const options = readVmapOptions(rest);
  const wrapper = (...args: readonly unknown[]): unknown =>
    withMissingOperands(() => callBatched(fn, args, options));
  Object.defineProperty(wrapper, "name", { value: `vmap_${fn.name || "lambda"}` });
  return wrapper;
}
