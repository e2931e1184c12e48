/** How much a piece of code does. */
import { kernel as k } from "@fluxion/ir";

/** Statements run, with those in loops counted as often as they run. */
export function workOf(body: readonly k.Stmt[]): number {
  let work = 1;
  for (const stmt of body) {
    const inner = k.bodiesOf(stmt).reduce((sum, statements) => sum + workOf(statements), 0);
    if (stmt.kind === "for") work += stmt.extent * inner;
    else if (stmt.kind === "reduce")
      work += stmt.loops.reduce((points, { extent }) => points * extent, 1) * inner;
    else work += 1 + inner;
  }
  return work;
}
