/** `customBatching` and `sequentialVmap`: a function with its own rule for `vmap`. */

import type { CustomBatchingAnswer, CustomBatchingRequest } from "@fluxion/autodiff";
import { type Aval, avalOf, formatAval } from "../../core/aval.ts";
import { withAval } from "../../core/emit.ts";
import { atLocation, NotImplementedError, type TraceOrigin } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { asOutput, moduleName } from "../../core/outputs.ts";
import { currentTrace, type ModuleBuilder } from "../../core/trace.ts";
import { formatTreeDef, leafPaths, type TreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { attributeError, rangeError, typeError } from "../../core/user-error.ts";
import { map } from "../../lax/control/map.ts";
import { type AnyFunction, checkCallable } from "../arguments.ts";
import { flattenArrays } from "../arrays.ts";
import { type BatchingRule, keepBatchingRule, nameBatchingRule } from "./batching-rules.ts";
import { MissingOperand, missingOperands } from "./missing-operand.ts";
import {
  closedOverText,
  type PartRequest,
  parametersFor,
  rearranged,
  traceOfCall,
  tracePart,
  tracePartLater,
} from "./parts.ts";

/**
 * A rule: `(axisSize, inBatched, …args) → [out, outBatched]`. `inBatched` and `outBatched` have the structure of the arguments and of
 * the result, with true where there is a batch, which is the first axis then.
 */
// biome-ignore lint/suspicious/noExplicitAny: a rule takes what the user's function takes
export type VmapRule = (axisSize: number, inBatched: any, ...args: any[]) => readonly [unknown, unknown];

/** A function with a rule for `vmap`. */
export type CustomBatching<F extends AnyFunction> = F & {
  /** Sets the rule and returns it. */
  defVmap(rule: VmapRule): VmapRule;
  /** @deprecated Use `defVmap`. */
  def_vmap(rule: VmapRule): VmapRule;
};

/** One combination of structures and types that the function was called with. */
interface CallSite {
  readonly name: string;
  /** Held here, so that it lives as long as the function. */
  readonly rule: BatchingRule;
}

/** What is known of a call. */
interface Signature {
  readonly args: TreeDef;
  readonly avals: readonly Aval[];
  readonly out: TreeDef;
  readonly outAvals: readonly Aval[];
  /** Operands beside the arguments: arrays that the function or the rule closes over. */
  readonly captured: readonly NDArray[];
}

class CustomBatchingFunction {
  readonly fn: AnyFunction;
  readonly name: string;
  rule: VmapRule | undefined;
  readonly #sites = new Map<string, CallSite>();

  constructor(fn: AnyFunction) {
    this.fn = fn;
    this.name = fn.name || "<lambda>";
  }

  call(args: readonly unknown[]): unknown {
    if (this.rule === undefined)
      throw attributeError(
        `No batching rule defined for custom_vmap function ${this.name} using def_vmap (defVmap).`,
      );
    return currentTrace() === undefined ? this.fn(...args) : this.#stage(args);
  }

  /** Emits a call of the function that names the rule. */
  #stage(args: readonly unknown[]): unknown {
    const trace = traceOfCall();
    const { leaves, treedef } = flattenArrays(args, `${this.name} arguments`);
    const avals = leaves.map(({ aval }) => aval);
    let outTree: TreeDef | undefined;
    const part = tracePart({
      origin: this.#origin(),
      avals,
      body: (parameters) => {
        const [outputs, tree] = treeFlatten(this.fn(...(treeUnflatten(treedef, parameters) as unknown[])));
        outTree = tree;
        return outputs.map((output) => asOutput(output, this.name, "batched"));
      },
    });
    if (outTree === undefined) throw new Error(`custom_vmap: ${this.name} was not traced`);
    const captured = [...new Set([...part.captured, ...missingOperands(trace)])];
    const outAvals = part.resultAvals;
    const site = this.#site({ args: treedef, avals, out: outTree, outAvals, captured });
    keepBatchingRule(trace.module, site.name);
    const own = part.func.body.arguments.slice(0, part.own);
    const func = rearranged(part, [...own, ...parametersFor(part, captured)]);
    const callee = trace.module.add({ ...func, name: moduleName(this.name) });
    const operands = [...leaves, ...captured];
    const closed_over = captured.length > 0 && {
      closed_over: captured.map((x) => (part.captured.includes(x) ? 1 : 2)),
    };
    const attributes = { callee, custom_batching: site.name, ...closed_over };
    const results = trace.emit("call", operands, attributes, { types: part.func.resultTypes });
    return treeUnflatten(
      outTree,
      results.map((x, i) => withAval(x, part.resultAvals[i])),
    );
  }

  #origin(functionName = this.name): TraceOrigin {
    return { transform: "custom_vmap", functionName, location: userLocation() };
  }

  #site(signature: Signature): CallSite {
    const { args, avals, out, outAvals } = signature;
    const ids = (list: readonly Aval[]): string => list.map(({ id }) => id).join();
    const key = `${args.key}|${ids(avals)}|${out.key}|${ids(outAvals)}`;
    const known = signature.captured.some(isTracer) ? undefined : this.#sites.get(key);
    if (known !== undefined) return known;
    const rule: BatchingRule = (module, request) => this.#answer(module, request, signature);
    const site = { name: nameBatchingRule(rule), rule };
    if (!signature.captured.some(isTracer)) this.#sites.set(key, site);
    return site;
  }

  /** Traces the rule for a batch. */
  #answer(module: ModuleBuilder, request: CustomBatchingRequest, signature: Signature): CustomBatchingAnswer {
    const { rule } = this;
    const { size, inBatched } = request;
    const { args, avals, captured } = signature;
    if (rule === undefined) throw new Error("a call site needs a rule");
    if (inBatched.slice(avals.length).some(Boolean))
      throw new NotImplementedError(
        `customBatching: ${this.name} closes over an array that has a batch, which its rule would not see. Pass the array as an ` +
          `argument.${atLocation(request.location)}`,
      );
    const flags = treeUnflatten(args, inBatched.slice(0, avals.length));
    let outBatched: readonly boolean[] = [];
    const origin = this.#origin(rule.name || "<lambda>");
    const missing = (x: NDArray): Error => new MissingOperand(closedOverText(origin), x);
    const ask: PartRequest = {
      origin,
      avals: avals.map((aval, i) => (inBatched[i] ? withBatch(aval, size) : aval)),
      body: (parameters) => {
        const out = rule(size, flags, ...(treeUnflatten(args, parameters) as unknown[]));
        const read = this.#readOutput(out, signature, size);
        outBatched = read.outBatched;
        return read.leaves;
      },
    };
    const part = tracePartLater(module, ask, captured.filter(isTracer), missing);
    const own = part.func.body.arguments.slice(0, part.own);
    const func = rearranged(part, [...own, ...parametersFor(part, captured)]);
    return { name: module.add({ ...func, name: moduleName(`${this.name}_vmap`) }), outBatched };
  }

  /** @throws RangeError with JAX's phrase where structures differ; TypeError where types do. */
  #readOutput(output: unknown, { out, outAvals }: Signature, size: number) {
    const name = this.rule?.name || "<lambda>";
    if (!Array.isArray(output) || output.length !== 2)
      throw rangeError(
        `the custom vmap rule (${name}) must return a pair of the result and of what of it has a batch, got ${Array.isArray(output) ? `a list of ${output.length}` : typeof output}.`,
      );
    const { leaves, treedef } = flattenArrays(output[0], name);
    const [flags, flagTree] = treeFlatten(output[1]);
    if (treedef.key !== out.key)
      throw rangeError(
        `structure of output returned by custom vmap rule (${name}) does not match that of original custom-vmapped function.\n` +
          `Original output: ${formatTreeDef(out)}\nRule output: ${formatTreeDef(treedef)}`,
      );
    if (flagTree.key !== out.key)
      throw rangeError(
        `structure of output value and output batching specification returned by custom vmap rule (${name}) do not match.\n` +
          `Output values: ${formatTreeDef(treedef)}\nBatching spec: ${formatTreeDef(flagTree)}`,
      );
    const outBatched = flags.map(Boolean);
    leaves.forEach(({ aval }, i) => {
      const expected = outBatched[i] ? withBatch(outAvals[i], size) : outAvals[i];
      if (aval.shape.join() === expected.shape.join() && aval.dtype === expected.dtype) return;
      throw typeError(
        `the custom vmap rule (${name}) of ${this.name} returned ${formatAval(aval)} for the result${leafPaths(out)[i]}; ` +
          (outBatched[i]
            ? `${size} examples of ${formatAval(outAvals[i])} are ${formatAval(expected)}.`
            : `without a batch it is ${formatAval(expected)}.`),
      );
    });
    return { leaves, outBatched };
  }
}

const withBatch = ({ dtype, shape, weakType, key }: Aval, size: number): Aval =>
  avalOf(dtype, [size, ...shape], weakType, key);

/**
 * Gives a function a rule for `vmap`: `defVmap((axisSize, inBatched, …args) → [out, outBatched])`. The examples lie along the first
 * axis. Without `vmap` the function runs as it is. A batch of derivatives in forward mode is the derivative of the rule, which
 * then sees an argument as batched if its tangent is; reverse mode goes through the function.
 *
 * @throws AttributeError when it is called without a rule; TypeError when the rule returns other types; RangeError for other structures.
 *
 * @example
 * const dot = customBatching((a, b) => jnp.dot(a, b));
 * dot.defVmap((size, [aBatched, bBatched], a, b) => [manyDots(a, b), true]);
 */
export function customBatching<F extends AnyFunction>(fn: F): CustomBatching<F> {
  checkCallable(fn, "customBatching");
  const custom = new CustomBatchingFunction(fn);
  const wrapper = (...args: unknown[]): unknown => custom.call(args);
  Object.defineProperty(wrapper, "name", { value: custom.name });
  const defVmap = (rule: VmapRule): VmapRule => {
    checkCallable(rule, "defVmap");
    custom.rule = rule;
    return rule;
  };
  return Object.assign(wrapper, { defVmap, def_vmap: defVmap }) as unknown as CustomBatching<F>;
}

/** A function that `vmap` runs on one example after the other, as `lax.map` does. */
export function sequentialVmap<F extends AnyFunction>(fn: F): CustomBatching<F> {
  const custom = customBatching(fn);
  custom.defVmap((_, inBatched, ...args) => {
    const [flags, treedef] = treeFlatten(inBatched);
    const { leaves } = flattenArrays(args, fn.name || "<lambda>");
    const mapped = leaves.filter((_leaf, i) => flags[i]);
    const out = map((own: never) => {
      let next = 0;
      const values = leaves.map((leaf, i) => (flags[i] ? (own as unknown[])[next++] : leaf));
      return fn(...(treeUnflatten(treedef, values) as unknown[]));
    }, mapped);
    const [outLeaves, outTree] = treeFlatten(out);
    return [
      out,
      treeUnflatten(
        outTree,
        outLeaves.map(() => true),
      ),
    ];
  });
  return custom;
}

// JAX's names, which live in a module of that name.
customBatching.customVmap = customBatching;
customBatching.sequentialVmap = sequentialVmap;
