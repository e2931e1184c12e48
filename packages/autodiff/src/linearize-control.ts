/** Linearisation of branches and loops. */

import {
  type Block,
  Builder,
  type CountedLoop,
  countedLoop,
  type Operation,
  type OperationOf,
  returned,
  type TensorType,
  Value,
} from "@fluxion/ir";
import { blockOf, cloneBlock, cloneOperations, operation, substitute, typesOf, usesOf } from "./blocks.ts";
import { ForwardPass, Tangents } from "./forward.ts";
import { type ActiveCarries, activeCarries, jvpRules, whileJvp } from "./jvp.ts";
import { liveOperations } from "./live.ts";
import { closeOver, recomputeLayouts } from "./residuals.ts";
import { add, compare, reshape, zeros } from "./rules/math.ts";

/**
 * Branch k gives its residuals in slots that all branches share, and zeros in the others'; the linear branches read
 * the slots.
 */
export function linearizeBranches(pass: ForwardPass, op: OperationOf<"case"> | OperationOf<"if">): void {
  const passes = op.regions.map((region) => {
    const inner = pass.nested();
    return { inner, region, tangents: inner.block(region) };
  });
  const active = op.results.map((_, i) => passes.some(({ tangents }) => tangents[i] !== undefined));
  const slots: Value[] = [];
  const branches = passes.map(({ inner, region, tangents }) => {
    const outputs = returned(region);
    const roots = outputs.flatMap((output, i) => (active[i] ? [inner.materialise(tangents[i], output)] : []));
    const primal = inner.primal.operations;
    const linear = liveOperations(inner.linear.operations, roots);
    const own = new Set(primal.flatMap(({ results }) => results));
    const { again, residuals } = closeOver(
      linear,
      roots,
      primal,
      { isOwn: (value) => own.has(value) },
      recomputeLayouts,
    );
    const slotOf = assignSlots(residuals, slots);
    const map = new Map(residuals.map((residual, i) => [residual, slots[slotOf[i]]]));
    const copies = cloneOperations(again, map);
    const block = blockOf(
      [],
      [...copies, ...substitute(linear, map)],
      roots.map((root) => map.get(root) ?? root),
    );
    return { primal, outputs, residuals, slotOf, block };
  });
  pass.primal.operations.push({
    ...op,
    regions: branches.map((branch) => primalBranch(branch, slots)),
    results: [...op.results, ...slots],
  } as Operation);
  const tangents = op.results.map((result, i) => (active[i] ? new Value(result.type) : undefined));
  const results = tangents.filter((t) => t !== undefined);
  if (results.length === 0) return;
  pass.pushLinear({ ...op, regions: branches.map(({ block }) => block), results } as Operation);
  op.results.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

/** A slot of its type for each residual, none twice in a branch; adds slots where they lack. */
function assignSlots(residuals: readonly Value[], slots: Value[]): number[] {
  const taken = new Set<number>();
  const key = ({ dtype, shape }: TensorType): string => `${dtype} ${shape.join()}`;
  return residuals.map(({ type }) => {
    let at = slots.findIndex((slot, i) => !taken.has(i) && key(slot.type) === key(type));
    if (at < 0) at = slots.push(new Value(type)) - 1;
    taken.add(at);
    return at;
  });
}

function primalBranch(
  branch: {
    readonly primal: readonly Operation[];
    readonly outputs: readonly Value[];
    readonly residuals: readonly Value[];
    readonly slotOf: readonly number[];
  },
  slots: readonly Value[],
): Block {
  const b = new Builder();
  const filled = slots.map((slot, i) => branch.residuals[branch.slotOf.indexOf(i)] ?? zeros(b, slot));
  const results = [...branch.outputs, ...filled];
  return blockOf([], [...liveOperations(branch.primal, results), ...b.operations], results);
}

/**
 * A counted loop keeps what its turns' derivatives need in stacks, one entry a turn; the linear loop reads them.
 * Any other loop runs again beside its tangents: that can go forward only, and its transpose says so.
 */
export function linearizeWhile(pass: ForwardPass, op: OperationOf<"while">): void {
  const loop = countedLoop(op, pass.state.definitions);
  if (loop === undefined) rerun(pass, op);
  else linearizeCounted(pass, op, loop);
}

function rerun(pass: ForwardPass, op: OperationOf<"while">): void {
  pass.primal.operations.push(op as Operation);
  const copy = {
    ...op,
    regions: op.regions.map(cloneBlock),
    results: op.results.map(({ type }) => new Value(type)),
  };
  const state = { ...pass.state, structural: jvpRules, linear: undefined };
  const inner = new ForwardPass(state, new Tangents(pass.tangents));
  whileJvp(inner, copy);
  for (const emitted of inner.primal.operations) pass.pushLinear(emitted);
  op.results.forEach((result, i) => {
    pass.tangents.set(result, inner.tangents.get(copy.results[i]));
  });
}

function linearizeCounted(pass: ForwardPass, op: OperationOf<"while">, loop: CountedLoop): void {
  const [, body] = op.regions;
  const outputs = returned(body);
  const isFixed = body.arguments.map((arg, i) => outputs[i] === arg);
  const carries = activeCarries(pass, op, (i) =>
    isFixed[i] ? pass.tangents.get(op.operands[i]) : undefined,
  );
  const { active, inner, tangents } = carries;
  const roots = outputs.flatMap((output, i) => (active[i] ? [inner.materialise(tangents[i], output)] : []));
  const linear = liveOperations(inner.linear.operations, roots);
  const map = new Map<Value, Value>();
  body.arguments.forEach((arg, i) => {
    if (isFixed[i]) map.set(arg, op.operands[i]);
  });
  hoist(
    pass,
    inner.primal.operations,
    body.arguments.filter((_, i) => !isFixed[i]),
    linear,
    map,
  );
  const counter = new Value(op.operands[loop.counter].type);
  map.set(body.arguments[loop.counter], counter);
  const own = new Set([...body.arguments, ...inner.primal.operations.flatMap(({ results }) => results)]);
  const isOwn = (value: Value): boolean => own.has(value) && !map.has(value);
  const { again, residuals } = closeOver(linear, roots, inner.primal.operations, { isOwn }, recomputeLayouts);
  const stacks = stackResiduals(pass, op, loop, inner.primal.operations, residuals);
  const read = new Builder();
  const at = turnOf(read, counter, loop);
  residuals.forEach((residual, i) => {
    map.set(residual, readStack(read, stacks[i], at, residual));
  });
  const copies = cloneOperations(again, map);
  const operations = [...read.operations, ...copies, ...substitute(linear, map)];
  const results = roots.map((root) => map.get(root) ?? root);
  emitLinearLoop(pass, op, loop, { carries, counter, operations, results });
  op.results.forEach((result, i) => {
    if (isFixed[i]) pass.tangents.set(result, pass.tangents.get(op.operands[i]));
  });
}

/** Moves what every turn computes alike, and the derivatives need, in front of the loop. */
function hoist(
  pass: ForwardPass,
  primal: readonly Operation[],
  changing: readonly Value[],
  linear: readonly Operation[],
  map: Map<Value, Value>,
): void {
  const varies = new Set(changing);
  const same = primal.filter((op) => {
    const constant = !usesOf(op).some((value) => varies.has(value));
    if (!constant) for (const result of op.results) varies.add(result);
    return constant;
  });
  const wanted = linear.flatMap((op) => [...usesOf(op)]);
  const needed = liveOperations(same, wanted);
  for (const copy of cloneOperations(needed, map)) {
    pass.primal.operations.push(copy);
    for (const result of copy.results) pass.state.definitions.set(result, copy);
  }
}

/** Number of the turn, from 0. */
function turnOf(b: Builder, counter: Value, { start, step }: CountedLoop): Value {
  const { dtype } = counter.type;
  const offset = start === 0 ? counter : b.op("subtract", counter, b.scalar(dtype, start));
  return step === 1 ? offset : b.op("divide", offset, b.scalar(dtype, step));
}

const startsAt = (b: Builder, turn: Value, { type: { shape } }: Value): Value[] => {
  if (shape.length === 0) return [turn];
  const zero = b.scalar(turn.type.dtype, 0);
  return [turn, ...shape.map(() => zero)];
};

const readStack = (b: Builder, stack: Value, turn: Value, entry: Value): Value => {
  const slice_sizes = [1, ...entry.type.shape];
  const slice = b.one("dynamic_slice", [stack, ...startsAt(b, turn, entry)], { slice_sizes });
  return b.reshape(slice, entry.type.shape);
};

/** Emits the loop with a stack for each residual, and gives the stacks. */
function stackResiduals(
  pass: ForwardPass,
  op: OperationOf<"while">,
  loop: CountedLoop,
  primal: readonly Operation[],
  residuals: readonly Value[],
): Value[] {
  if (residuals.length === 0) {
    pass.primal.operations.push(op as Operation);
    return [];
  }
  const [cond, body] = op.regions;
  // A loop that never turns has room for one entry, so that its body stays valid.
  const entries = Math.max(1, loop.trips);
  const types = residuals.map(({ type }) => ({ dtype: type.dtype, shape: [entries, ...type.shape] }));
  const empty = types.map(({ dtype, shape }) => pass.primal.scalar(dtype, 0, shape));
  const args = types.map((type) => new Value(type));
  const b = new Builder();
  const turn = turnOf(b, body.arguments[loop.counter], loop);
  const written = residuals.map((residual, i) => {
    const entry = reshape(b, residual, [1, ...residual.type.shape]);
    return b.op("dynamic_update_slice", args[i], entry, ...startsAt(b, turn, residual));
  });
  const results = [...returned(body), ...written];
  const regions = [
    blockOf(
      [...cond.arguments, ...types.map((type) => new Value(type))],
      cond.operations.slice(0, -1),
      returned(cond),
    ),
    blockOf([...body.arguments, ...args], liveOperations([...primal, ...b.operations], results), results),
  ];
  const stacks = types.map((type) => new Value(type));
  pass.primal.operations.push({
    ...op,
    operands: [...op.operands, ...empty],
    regions,
    results: [...op.results, ...stacks],
  } as Operation);
  return stacks;
}

/** The loop over tangents: (i, ẋ) ← (i + step, Bᵢẋ + Cᵢẇ) */
function emitLinearLoop(
  pass: ForwardPass,
  op: OperationOf<"while">,
  loop: CountedLoop,
  parts: {
    readonly carries: ActiveCarries;
    readonly counter: Value;
    readonly operations: readonly Operation[];
    readonly results: readonly Value[];
  },
): void {
  const { carries, counter, operations, results } = parts;
  if (results.length === 0) return;
  const { dtype } = counter.type;
  const b = new Builder();
  const next = add(b, counter, b.scalar(dtype, loop.step));
  const body = blockOf([counter, ...carries.args], [...operations, ...b.operations], [next, ...results]);
  const last = loop.start + loop.step * loop.trips;
  const cond = b.region([counter.type, ...typesOf(carries.args)], (inner, [i]) => [
    compare(inner, loop.step > 0 ? "LT" : "GT", i, inner.scalar(dtype, last)),
  ]);
  const start = pass.linear.scalar(dtype, loop.start);
  const entering = op.operands.flatMap((operand, i) =>
    carries.active[i] ? [pass.materialise(pass.tangents.get(operand), operand)] : [],
  );
  const tangents = carries.args.map(({ type }) => new Value(type));
  pass.pushLinear(
    operation("while", {
      operands: [start, ...entering],
      attributes: {},
      results: [new Value(counter.type), ...tangents],
      regions: [cond, body],
      location: op.location,
    }),
  );
  let taken = 0;
  op.results.forEach((result, i) => {
    if (carries.active[i]) pass.tangents.set(result, tangents[taken++]);
  });
}
