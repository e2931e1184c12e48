/** Loops over independent iterations, several at a time. */
import { kernel as k } from "@fluxion/ir";
import { loopLanes } from "./lane-count.ts";
import type { ScalarContext } from "./scalar-context.ts";
import { VectorContext, type VectorReduce } from "./vector-context.ts";

type ForStmt = Extract<k.Stmt, { kind: "for" }>;

/** Emits a whole loop of known extent. */
export function emitSimdLoop(scalar: ScalarContext, stmt: ForStmt, reduce: VectorReduce): void {
  const { var: variable, extent, body } = stmt;
  const variance = new k.Variance(variable, body);
  if (extent < 2 || !k.canVectorise(body, variance)) {
    scalar.serial(stmt);
    return;
  }
  const { fc } = scalar;
  const { i32 } = fc.f.m;
  const alignment = loopLanes(body, variance, extent);
  const whole = extent - (extent % alignment);
  if (whole > 0) {
    fc.loop(variable, i32.const(0), whole, alignment, true, () =>
      new VectorContext(scalar, { variance, lanes: alignment, alignment, reduce }).run(body),
    );
  }
  emitTail(scalar, variable, body, { variance, lanes: extent - whole, alignment, reduce }, whole);
}

/** The iterations after the last whole vector, as one vector with fewer lanes. */
export function emitTail(
  scalar: ScalarContext,
  variable: k.LoopVar,
  body: readonly k.Stmt[],
  loop: ConstructorParameters<typeof VectorContext>[1],
  first: number,
): void {
  if (loop.lanes === 0) return;
  const { fc } = scalar;
  fc.vars.set(variable, fc.f.let(fc.f.b.i32, fc.f.m.i32.const(first)));
  for (const frame of fc.frames) frame.defined.add(variable);
  new VectorContext(scalar, loop).run(body);
}
