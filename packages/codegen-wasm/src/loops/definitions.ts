/** What the locals of a kernel stand for. */
import { kernel as k } from "@fluxion/ir";

export class Definitions {
  readonly #values = new Map<k.Local, k.Expr>();

  constructor(body: readonly k.Stmt[]) {
    this.#statements(body);
  }

  /** The value of a local that is set once; of anything else itself. */
  valueOf(e: k.Expr): k.Expr {
    return (e.kind === "local" ? this.#values.get(e.local) : undefined) ?? e;
  }

  #statements(body: readonly k.Stmt[]): void {
    for (const stmt of body) {
      if (stmt.kind === "let" && !stmt.local.mutable) this.#values.set(stmt.local, stmt.value);
      for (const inner of k.bodiesOf(stmt)) this.#statements(inner);
    }
  }
}
