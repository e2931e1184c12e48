/**
 * Exponentials whose results matter only in part, as in x > 0 ? x : 1.67·eˣ − 1.67.
 *
 * - Added to a number beside which tiny ones vanish, the sum has the same bits whatever stands for a result near the least
 *   normal number: denormal results need not be told apart.
 * - Where a comparison of x then selects something else, large results may be anything; as they may where x is a number less
 *   the maximum of such numbers.
 */
import { kernel as k } from "@fluxion/ir";
import { Definitions } from "./definitions.ts";
import { Maxima } from "./maxima.ts";

/** Results of `expAbsorbed` that differ from eˣ are below this, as is eˣ. */
const TINY = { float32: 2 ** -124, float64: 2 ** -1020 } as const;
/** A number changes no other that is this many times as large. */
const VANISHING = { float32: 2 ** 26, float64: 2 ** 55 } as const;

type WideFloat = keyof typeof TINY;
type Op = Extract<k.Expr, { kind: "op" }>;

/** What does not matter of an exponential: tiny results, those of arguments above `LARGE`, or both. */
export type Absorbed = "tiny" | "large" | "tiny and large";

/** Arguments of this size do not overflow in either format. */
const LARGE = 64;

/** The exponentials of a kernel that need not be exact everywhere. */
export function absorbedExponentials(body: readonly k.Stmt[]): ReadonlyMap<k.Expr, Absorbed> {
  const found = new Map<k.Expr, Absorbed>();
  const exponentials = exponentialsOf(body);
  if (exponentials.length === 0) return found;
  const definitions = new Definitions(body);
  const uses = new Uses(body, definitions);
  const maxima = new Maxima(body, definitions);
  for (const e of exponentials) {
    const dtype = e.dtype as WideFloat;
    const [x] = e.args;
    const tiny = uses.vanishes(e, TINY[dtype], dtype);
    const large = maxima.isBelowMaximum(x) || uses.isReplacedWhereLarge(e, x);
    if (tiny || large) found.set(e, tiny && large ? "tiny and large" : tiny ? "tiny" : "large");
  }
  return found;
}

function exponentialsOf(body: readonly k.Stmt[]): readonly Op[] {
  const found: Op[] = [];
  const visit = (e: k.Expr): void => {
    if (e.kind === "op" && e.opcode === "exponential" && e.dtype in TINY) found.push(e);
    for (const child of k.childrenOf(e)) visit(child);
  };
  for (const stmt of body) {
    for (const e of k.expressionsOf(stmt)) visit(e);
    for (const inner of k.bodiesOf(stmt)) found.push(...exponentialsOf(inner));
  }
  return found;
}

/** Who uses which value. */
class Uses {
  /** Ops by their operands; undefined where a value is used as something else. */
  readonly #users = new Map<k.Expr, Set<k.Expr | undefined>>();
  readonly #definitions: Definitions;

  constructor(body: readonly k.Stmt[], definitions: Definitions) {
    this.#definitions = definitions;
    this.#statements(body);
  }

  /** Whether numbers of magnitude `size` or less in place of `e` leave no trace. */
  vanishes(e: k.Expr, size: number, dtype: WideFloat): boolean {
    // The largest numbers that each value was asked about: one that does not vanish ends the whole question.
    const asked = new Map<k.Expr, number>();
    const vanishes = (value: k.Expr, magnitude: number): boolean => {
      if (magnitude <= (asked.get(value) ?? -1)) return true;
      asked.set(value, magnitude);
      return this.#everyUser(value, (user) => vanishesIn(user, value, magnitude));
    };
    const vanishesIn = (user: Op, value: k.Expr, magnitude: number): boolean => {
      const others = user.args.filter((arg) => this.#valueOf(arg) !== value);
      const [other] = others;
      if (user.opcode === "negate") return vanishes(user, magnitude);
      if (user.opcode === "select") return others.length === 2 && vanishes(user, magnitude);
      if (others.length !== 1 || other.kind !== "const") return false;
      const by = Math.abs(Number(other.value));
      if (user.opcode === "multiply") return vanishes(user, magnitude * by);
      return (user.opcode === "add" || user.opcode === "subtract") && magnitude * VANISHING[dtype] <= by;
    };
    return vanishes(e, size);
  }

  /** Whether `e` leaves no trace in lanes where x > `LARGE`. */
  isReplacedWhereLarge(e: k.Expr, x: k.Expr): boolean {
    // One value that is not replaced ends the whole question.
    const asked = new Set<k.Expr>();
    const isReplaced = (value: k.Expr): boolean => {
      if (asked.has(value)) return true;
      asked.add(value);
      return this.#everyUser(value, (user) => this.#picksAnother(user, value, x) || isReplaced(user));
    };
    return isReplaced(e);
  }

  /** Whether there are users, all of them ops, for which the test holds. */
  #everyUser(e: k.Expr, test: (user: Op) => boolean): boolean {
    const users = this.#users.get(e);
    return users !== undefined && [...users].every((user) => user?.kind === "op" && test(user));
  }

  /** Whether an op selects something else than `e` where x > `LARGE`. */
  #picksAnother({ opcode, args }: Op, e: k.Expr, x: k.Expr): boolean {
    if (opcode !== "select") return false;
    const [condition, onTrue, onFalse] = args;
    const other = this.#valueOf(onTrue) === e ? onFalse : onTrue;
    return this.#valueOf(other) !== e && this.#picksAtLarge(condition, x) === (other === onTrue);
  }

  /** What a comparison of x with a number is for x > `LARGE`, if that is known. */
  #picksAtLarge(condition: k.Expr, x: k.Expr): boolean | undefined {
    const test = this.#valueOf(condition);
    if (test.kind !== "compare") return undefined;
    const [left, right] = test.args;
    if (this.#valueOf(left) !== this.#valueOf(x) || right.kind !== "const" || !(Number(right.value) <= LARGE))
      return undefined;
    if (test.direction === "GT" || test.direction === "GE") return true;
    return test.direction === "LT" || test.direction === "LE" ? false : undefined;
  }

  #valueOf(e: k.Expr): k.Expr {
    return this.#definitions.valueOf(e);
  }

  #statements(body: readonly k.Stmt[]): void {
    for (const stmt of body) {
      for (const inner of k.bodiesOf(stmt)) this.#statements(inner);
      const results = stmt.kind === "reduce" ? stmt.combine.results : [];
      const expressions = [...k.expressionsOf(stmt), ...results];
      for (const e of expressions) this.#expression(e);
      if (stmt.kind === "let" && !stmt.local.mutable) continue;
      for (const e of expressions) this.#used(e, undefined);
    }
  }

  #expression(e: k.Expr): void {
    for (const child of k.childrenOf(e)) {
      this.#used(child, e);
      this.#expression(child);
    }
  }

  #used(e: k.Expr, by: k.Expr | undefined): void {
    const value = this.#valueOf(e);
    const users = this.#users.get(value) ?? new Set();
    this.#users.set(value, users.add(by));
  }
}
