/** Reductions: scalar folds, folds of a whole vector of results at once, and folds spread over the lanes of vectors. */
import { kernel as k } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import { wasmTypeOf } from "../scalar/types.ts";
import { asIntegers, localsOf } from "./extremum.ts";
import { laneCount } from "./lane-count.ts";
import type { ScalarContext } from "./scalar-context.ts";
import { type Vector, Vectors } from "./vector.ts";
import { VectorContext, type VectorLoop } from "./vector-context.ts";
import { select } from "./vector-float.ts";
import { compareInts } from "./vector-integer.ts";

/** A row shorter than this is folded element by element. */
const SHORTEST_VECTOR_ROW = 8;

/** A reduction that stands outside of vectorised loops. */
export function emitReduce(scalar: ScalarContext, stmt: k.ReduceStmt): void {
  const last = stmt.loops.at(-1);
  const isEmpty = stmt.loops.some(({ extent }) => extent === 0);
  if (stmt.simd && !isEmpty && last !== undefined && last.extent >= SHORTEST_VECTOR_ROW) {
    const integers = asIntegers(stmt);
    const chosen = integers?.stmt ?? stmt;
    const order = k.foldOrder(chosen);
    const variance = new k.Variance(last.var, chosen.body, k.combineLocals(chosen.combine));
    if (order !== undefined && k.canVectorise([...chosen.body, ...chosen.combine.body], variance)) {
      spreadReduce(scalar, chosen, variance, last.extent, order);
      scalar.run(integers?.after ?? []);
      return;
    }
  }
  scalarReduce(scalar, stmt);
}

/** Runs `body` for every point of the loops. */
function nest(scalar: ScalarContext, loops: k.ReduceStmt["loops"], body: () => void): void {
  const [first, ...rest] = loops;
  if (first === undefined) body();
  if (first === undefined || first.extent === 0) return;
  const { fc } = scalar;
  fc.loop(first.var, fc.f.m.i32.const(0), first.extent, 1, true, () => nest(scalar, rest, body));
}

function scalarReduce(scalar: ScalarContext, stmt: k.ReduceStmt): void {
  const { fc } = scalar;
  const { f } = fc;
  const totals = stmt.init.map((e) => f.let(wasmTypeOf(f.b, e.dtype), scalar.evaluate(e)));
  nest(scalar, stmt.loops, () => {
    scalar.run(stmt.body);
    const elements = stmt.elements.map((e) => f.let(wasmTypeOf(f.b, e.dtype), scalar.evaluate(e)));
    combineScalars(scalar, stmt.combine, totals, elements);
  });
  bindScalars(scalar, stmt.accumulators, totals);
}

const bindScalars = (scalar: ScalarContext, locals: readonly k.Local[], values: readonly Local[]): void =>
  locals.forEach((local, i) => {
    scalar.fc.bind(local, { kind: "scalar", local: values[i] });
  });

/** totals = combine(totals, elements) */
function combineScalars(
  scalar: ScalarContext,
  combine: k.Combine,
  totals: readonly Local[],
  elements: readonly Local[],
): void {
  const { f } = scalar.fc;
  bindScalars(scalar, combine.lhs, totals);
  bindScalars(scalar, combine.rhs, elements);
  scalar.run(combine.body);
  const results = combine.results.map((e) => f.let(wasmTypeOf(f.b, e.dtype), scalar.evaluate(e)));
  results.forEach((result, i) => {
    f.set(totals[i], f.get(result));
  });
}

/** A reduction inside a vectorised loop: each lane folds its own elements, one after the other. */
export function emitVectorReduce(context: VectorContext, stmt: k.ReduceStmt): void {
  const integers = asIntegers(stmt);
  if (integers === undefined) {
    foldInLanes(context, stmt);
    return;
  }
  for (const local of localsOf(integers)) context.loop.variance.locals.add(local);
  foldInLanes(context, integers.stmt);
  context.run(integers.after);
}

function foldInLanes(context: VectorContext, stmt: k.ReduceStmt): void {
  const totals = stmt.init.map((e) => ownRegisters(context.v, context.evaluate(e)));
  nest(context.scalar, stmt.loops, () => {
    context.run(stmt.body);
    const elements = stmt.elements.map((e) => context.evaluate(e));
    assignAll(context.v, totals, combineVectors(context, stmt.combine, totals, elements));
  });
  bindVectors(context, stmt.accumulators, totals);
}

const bindVectors = (context: VectorContext, locals: readonly k.Local[], values: readonly Vector[]): void =>
  locals.forEach((local, i) => {
    context.fc.bind(local, { kind: "vector", vector: values[i] });
  });

/** The same values in registers that may be set again; masks 32 bits wide. */
function ownRegisters(v: Vectors, vector: Vector): Vector {
  const own = vector.dtype === "bool" ? v.mask(vector, 32) : vector;
  return { ...own, registers: own.registers.map((register) => v.let(v.fc.f.get(register))) };
}

function assignAll(v: Vectors, totals: readonly Vector[], values: readonly Vector[]): void {
  const { f } = v.fc;
  const own = new Set(totals.flatMap(({ registers }) => registers));
  const masked = values.map((value) => (value.dtype === "bool" ? v.mask(value, 32) : value));
  // A total that becomes another one is read before that is set.
  const read = masked.map(({ registers }, i) =>
    registers.map((register, j) =>
      own.has(register) && register !== totals[i].registers[j] ? v.let(f.get(register)) : register,
    ),
  );
  totals.forEach(({ registers }, i) => {
    registers.forEach((register, j) => {
      if (read[i][j] !== register && j < read[i].length) f.set(register, f.get(read[i][j]));
    });
  });
}

function combineVectors(
  context: VectorContext,
  combine: k.Combine,
  lhs: readonly Vector[],
  rhs: readonly Vector[],
): Vector[] {
  bindVectors(context, combine.lhs, lhs);
  bindVectors(context, combine.rhs, rhs);
  context.run(combine.body);
  return combine.results.map((e) => context.evaluate(e));
}

/**
 * A reduction along the lanes: every lane folds its share, then the lanes are folded with each other, then comes the
 * initial value. Lanes start from the identity of the operation where there is one; else from the first elements of
 * each row, row by row.
 */
function spreadReduce(
  scalar: ScalarContext,
  stmt: k.ReduceStmt,
  variance: k.Variance,
  extent: number,
  order: k.FoldOrder,
): void {
  const { fc } = scalar;
  const { f } = fc;
  const alignment = laneCount([...stmt.body, ...stmt.combine.body, elementsAsBody(stmt)], variance, extent);
  const loop: VectorLoop = { variance, lanes: alignment, alignment, reduce: emitVectorReduce };
  const results = stmt.init.map((e) => f.let(wasmTypeOf(f.b, e.dtype), scalar.evaluate(e)));
  const outer = stmt.loops.slice(0, -1);
  if (order.kind === "any") {
    const v = new Vectors(fc, alignment);
    const totals = stmt.elements.map((e, i) => ownRegisters(v, v.constant(e.dtype, order.identities[i])));
    nest(scalar, outer, () => foldRow(scalar, stmt, loop, totals, 0, extent));
    foldLanes(scalar, stmt, loop, totals, results, order);
  } else {
    nest(scalar, outer, () => {
      const totals = firstElements(scalar, stmt, loop);
      foldRow(scalar, stmt, loop, totals, alignment, extent);
      foldLanes(scalar, stmt, loop, totals, results, order);
    });
  }
  bindScalars(scalar, stmt.accumulators, results);
}

/** The elements as statements, for `laneCount`. */
const elementsAsBody = (stmt: k.ReduceStmt): k.Stmt => ({
  ...stmt,
  body: [],
  combine: { ...stmt.combine, body: [] },
});

/** The elements of one row's first vector. */
function firstElements(scalar: ScalarContext, stmt: k.ReduceStmt, loop: VectorLoop): Vector[] {
  const { fc } = scalar;
  fc.vars.set(loop.variance.variable, fc.f.let(fc.f.b.i32, fc.f.m.i32.const(0)));
  for (const frame of fc.frames) frame.defined.add(loop.variance.variable);
  const context = new VectorContext(scalar, loop);
  context.run(stmt.body);
  return stmt.elements.map((e) => ownRegisters(context.v, context.evaluate(e)));
}

/** Folds the elements [from, extent) of a row into the lanes of `totals`. */
function foldRow(
  scalar: ScalarContext,
  stmt: k.ReduceStmt,
  loop: VectorLoop,
  totals: readonly Vector[],
  from: number,
  extent: number,
): void {
  const { fc } = scalar;
  const { i32 } = fc.f.m;
  const { variable } = loop.variance;
  const whole = extent - (extent % loop.lanes);
  const fold = (lanes: number): void => {
    const context = new VectorContext(scalar, { ...loop, lanes });
    context.run(stmt.body);
    const elements = stmt.elements.map((e) => context.evaluate(e));
    const left = totals.map((total) => firstLanes(context.v, total));
    const combined = combineVectors(context, stmt.combine, left, elements);
    assignAll(context.v, left, lanes === loop.lanes ? combined : keepRest(context.v, left, combined));
  };
  if (whole > from) fc.loop(variable, i32.const(from), whole, loop.lanes, true, () => fold(loop.lanes));
  if (whole === extent) return;
  fc.vars.set(variable, fc.f.let(fc.f.b.i32, i32.const(whole)));
  for (const frame of fc.frames) frame.defined.add(variable);
  fold(extent - whole);
}

/** The registers of the first lanes of a longer vector. */
const firstLanes = (v: Vectors, vector: Vector): Vector => ({
  ...vector,
  registers: vector.registers.slice(0, v.count(vector.form)),
});

/** `combined` in the lanes that count, what was there before in the unused rest of the last register. */
function keepRest(v: Vectors, before: readonly Vector[], combined: readonly Vector[]): Vector[] {
  const { f } = v.fc;
  return combined.map((vector, i) => {
    const own = vector.dtype === "bool" ? v.mask(vector, 32) : vector;
    const registers = own.registers.map((register, j) => {
      const used = v.lanesIn(own.form, j);
      if (used === 128 / own.form) return register;
      const mask = new Uint8Array(16).fill(255, 0, (used * own.form) / 8);
      const old = f.get(before[i].registers[j]);
      return v.let(f.m.v128.bitselect(f.get(register), old, f.get(v.fc.math.constant(mask))));
    });
    return { ...own, registers };
  });
}

/** results = combine(results, all lanes of totals): halves are folded until one lane is left. */
function foldLanes(
  scalar: ScalarContext,
  stmt: k.ReduceStmt,
  loop: VectorLoop,
  totals: readonly Vector[],
  results: readonly Local[],
  order: k.FoldOrder,
): void {
  const { fc } = scalar;
  const { f } = fc;
  let vectors = totals;
  for (let lanes = loop.lanes / 2; lanes >= 1; lanes /= 2) {
    const context = new VectorContext(scalar, { ...loop, lanes });
    const low = vectors.map((vector) => firstLanes(context.v, vector));
    const high = vectors.map((vector) => upperLanes(context.v, vector, lanes));
    const sides = order.kind === "any" ? [low, high] : inOrder(context.v, low, high, order.operand);
    vectors = combineVectors(context, stmt.combine, sides[0], sides[1]);
  }
  const v = new Vectors(fc, 1);
  const elements = vectors.map((vector) => f.let(wasmTypeOf(f.b, vector.dtype), v.lane(vector, 0)));
  combineScalars(scalar, stmt.combine, results, elements);
}

/** Both sides with their lanes exchanged where the right one's position comes first. */
function inOrder(
  v: Vectors,
  low: readonly Vector[],
  high: readonly Vector[],
  operand: number,
): [low: Vector[], high: Vector[]] {
  const isFirst = compareInts(v, "LT", high[operand], low[operand]);
  const choose = (a: readonly Vector[], b: readonly Vector[]): Vector[] =>
    a.map((vector, i) => select(v, [isFirst, vector, b[i]]));
  return [choose(high, low), choose(low, high)];
}

/** Lanes [lanes, 2·lanes) of a vector. */
function upperLanes(v: Vectors, vector: Vector, lanes: number): Vector {
  const per = 128 / vector.form;
  if (lanes >= per) return { ...vector, registers: vector.registers.slice(lanes / per, (2 * lanes) / per) };
  const { f } = v.fc;
  const [first] = vector.registers;
  const shift = (lanes * vector.form) / 8;
  const bytes = Array.from({ length: 16 }, (_, i) => (i + shift) % 16);
  return { ...vector, registers: [v.let(f.m.i8x16.shuffle(f.get(first), f.get(first), bytes))] };
}
