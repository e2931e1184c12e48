/**
 * Builds one wasm function out of straight-line statements and structured control.
 *
 * binaryen wants nested expression trees; an emitter wants to name a value once and use it often. The
 * builder keeps the list of statements of the innermost open block, and values live in locals: a wasm
 * engine turns locals into SSA values, so they cost nothing, whereas an expression reference may stand in
 * the tree only once.
 */
import type binaryen from "binaryen";

export type Binaryen = typeof binaryen;
export type Module = binaryen.Module;
export type Type = binaryen.Type;
/** An expression that has not been placed yet. It must be used exactly once. */
export type Expr = binaryen.ExpressionRef;

/** A parameter or local variable of the function being built. It may be read any number of times. */
export interface Local {
  readonly index: number;
  readonly type: Type;
}

/** What a value may be given as: a local (read here) or an expression (used up here). */
export type Value = Local | Expr;

/** Ways out of the loop whose body is being emitted; each may carry a condition (i32, taken when not 0). */
export interface LoopControl {
  break(condition?: Expr): void;
  continue(condition?: Expr): void;
}

export class FunctionBuilder {
  readonly b: Binaryen;
  readonly m: Module;
  readonly results: Type;
  readonly #params: readonly Type[];
  readonly #vars: Type[] = [];
  readonly #prologue: Expr[] = [];
  #statements: Expr[] = [];
  #labels = 0;
  #finished = false;

  constructor(b: Binaryen, m: Module, params: readonly Type[], results: Type) {
    this.b = b;
    this.m = m;
    this.#params = params;
    this.results = results;
  }

  /** The i-th parameter. Throws a RangeError if there is none. */
  param(i: number): Local {
    const type = this.#params[i];
    if (type === undefined)
      throw new RangeError(`function has ${this.#params.length} parameters, not ${i + 1}`);
    return { index: i, type };
  }

  /** A new local variable, zero until set. */
  local(type: Type): Local {
    this.#vars.push(type);
    return { index: this.#params.length + this.#vars.length - 1, type };
  }

  get(l: Local): Expr {
    return this.m.local.get(l.index, l.type);
  }

  /** Reads a local, passes an expression through. */
  use(v: Value): Expr {
    return typeof v === "number" ? v : this.get(v);
  }

  set(l: Local, e: Expr): void {
    this.push(this.m.local.set(l.index, e));
  }

  /** A new local holding `e`. */
  let(type: Type, e: Expr): Local {
    const l = this.local(type);
    this.set(l, e);
    return l;
  }

  /** A local holding the value: itself if it is one already. */
  name(type: Type, v: Value): Local {
    return typeof v === "number" ? this.let(type, v) : v;
  }

  /**
   * A new local that is set once, on entry to the function, before every other statement. For loop
   * invariants such as constants: the engine does not move them out of loops by itself. `e` may read only
   * parameters and earlier prologue locals.
   */
  hoist(type: Type, e: Expr): Local {
    const l = this.local(type);
    this.#prologue.push(this.m.local.set(l.index, e));
    return l;
  }

  push(statement: Expr): void {
    this.#statements.push(statement);
  }

  /** The statements that `fn` pushes, as a list that the caller pushes itself. */
  collect(fn: () => void): Expr[] {
    const outer = this.#statements;
    this.#statements = [];
    try {
      fn();
      return this.#statements;
    } finally {
      this.#statements = outer;
    }
  }

  /** Collects what `fn` pushes into one block expression of type none (or `type`, for a last value pushed). */
  block(fn: () => void, label: string | null = null, type: Type = this.b.none): Expr {
    const outer = this.#statements;
    this.#statements = [];
    try {
      fn();
      return this.m.block(label, this.#statements, type);
    } finally {
      this.#statements = outer;
    }
  }

  /** A branch label that no other construct of this function has. */
  label(prefix = "l"): string {
    return `${prefix}${this.#labels++}`;
  }

  /** `if (condition) then else otherwise`; condition is an i32. */
  if(condition: Expr, then: () => void, otherwise?: () => void): void {
    const ifTrue = this.block(then);
    this.push(this.m.if(condition, ifTrue, otherwise === undefined ? undefined : this.block(otherwise)));
  }

  /** Repeats `body` until it breaks. */
  loop(body: (control: LoopControl) => void): void {
    const { m } = this;
    const [head, exit] = [this.label("loop"), this.label("exit")];
    const control: LoopControl = {
      break: (condition) => this.push(m.br(exit, condition)),
      continue: (condition) => this.push(m.br(head, condition)),
    };
    const inner = this.block(() => {
      body(control);
      this.push(m.br(head));
    });
    this.push(m.block(exit, [m.loop(head, inner)], this.b.none));
  }

  /** `do body while (condition())`: one backward branch, the cheapest loop. `condition` is built after the body. */
  doWhile(body: () => void, condition: () => Expr): void {
    const head = this.label("loop");
    const inner = this.block(() => {
      body();
      this.push(this.m.br_if(head, condition()));
    });
    this.push(this.m.loop(head, inner));
  }

  /** `while (condition()) body`, tested once at the top and then at the bottom. `condition` is called twice. */
  while(condition: () => Expr, body: () => void): void {
    this.if(condition(), () => this.doWhile(body, condition));
  }

  /**
   * `for (i = begin; i < end; i += step) body(i)` over signed i32; `i` is a new local (or `counter`), left at its
   * final value. `end` is a local that the body does not change, or a constant.
   */
  forRange(
    begin: Value,
    end: Local | { const: number },
    step: number,
    body: (i: Local) => void,
    counter?: Local,
  ): Local {
    const { m, b } = this;
    const i = counter ?? this.local(b.i32);
    const bound = (): Expr => ("const" in end ? m.i32.const(end.const) : this.get(end));
    this.set(i, this.use(begin));
    this.while(
      () => m.i32.lt_s(this.get(i), bound()),
      () => {
        body(i);
        this.set(i, m.i32.add(this.get(i), m.i32.const(step)));
      },
    );
    return i;
  }

  /** Ends the function with this value (or none). */
  return(value?: Expr): void {
    this.push(this.m.return(value));
  }

  /** Adds the function to the module; the builder is used up. With a result, the last statement must return. */
  finish(name: string): binaryen.FunctionRef {
    if (this.#finished) throw new Error(`function ${name} was already added`);
    this.#finished = true;
    const { m, b } = this;
    // A block that ends in `return` has no value of its own, so its type is unreachable, not the result's.
    const type = this.results === b.none ? b.none : b.unreachable;
    const body = m.block(null, [...this.#prologue, ...this.#statements], type);
    return m.addFunction(name, b.createType(this.#params), this.results, this.#vars, body);
  }
}
