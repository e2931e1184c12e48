/**
 * Long loops as functions of their own. A loop inside a function that is called once would run in the engine's quick
 * tier to its end, because code is replaced only at a call. So its iterations are dealt out to calls of a function;
 * mutable locals that the loop changes go in as parameters and come back as results.
 */
import { kernel as k } from "@fluxion/ir";
import type { Expr, WasmType } from "../binaryen/load.ts";
import { FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { wasmTypeOf } from "../scalar/types.ts";
import { FunctionContext } from "./function-context.ts";
import { ScalarContext } from "./scalar-context.ts";
import { workOf } from "./work.ts";

type WhileStmt = Extract<k.Stmt, { kind: "while" }>;
type ForStmt = Extract<k.Stmt, { kind: "for" }>;

/** Iterations of one call, and statements that it should at least run. */
const STEPS = 1024;
const PIECE = 4096;
/** Loops that run fewer statements in all stay where they are. */
const LONG = 16384;

/** Emits the loop through a function of its own if it is long (or of unknown length); tells whether it did. */
export function outlineLoop(scalar: ScalarContext, stmt: k.Stmt, functionName: string): boolean {
  if (stmt.kind === "while") {
    new Outlined(scalar, stmt, functionName).emitWhile(stmt);
    return true;
  }
  if (stmt.kind !== "for" || stmt.mode !== "serial" || workOf([stmt]) < LONG) return false;
  new Outlined(scalar, stmt, functionName).emitFor(stmt);
  return true;
}

class Outlined {
  readonly #scalar: ScalarContext;
  readonly #name: string;
  /** What the loop reads, and of that what it also changes. */
  readonly #locals: readonly k.Local[];
  readonly #state: readonly k.Local[];
  readonly #vars: readonly k.LoopVar[];

  constructor(scalar: ScalarContext, stmt: WhileStmt | ForStmt, name: string) {
    this.#scalar = scalar;
    this.#name = name;
    const free = k.freeVariables([stmt]);
    const changed = new Set<k.Local>();
    collectAssigned([stmt], changed);
    this.#state = [...free.locals].filter((local) => changed.has(local));
    this.#locals = [...free.locals].filter((local) => !changed.has(local));
    this.#vars = [...free.vars];
  }

  /** The function runs at most so many steps and returns the state and whether there are more. */
  emitWhile({ before, condition, body }: WhileStmt): void {
    const { b, m } = this.#scalar.fc.f;
    const { f, scalar } = this.#open([], [b.i32]);
    const steps = f.let(b.i32, m.i32.const(STEPS));
    f.doWhile(
      () => {
        scalar.run(before);
        f.if(m.i32.eqz(scalar.evaluate(condition)), () => this.#return(scalar, [m.i32.const(0)]));
        scalar.run(body);
        f.set(steps, m.i32.sub(f.get(steps), m.i32.const(1)));
      },
      () => f.get(steps),
    );
    this.#return(scalar, [m.i32.const(1)]);
    f.finish(this.#name);
    const outer = this.#scalar.fc.f;
    outer.doWhile(
      () => {
        this.#call([], [b.i32]);
      },
      () => outer.get(this.#more as Local),
    );
  }

  /** The function runs a range of iterations. */
  emitFor({ var: variable, extent, body }: ForStmt): void {
    const { b, m } = this.#scalar.fc.f;
    const { f, scalar } = this.#open([b.i32, b.i32], []);
    scalar.fc.loop(variable, f.get(f.param(1)), f.param(2), 1, true, () => scalar.run(body));
    this.#return(scalar, []);
    f.finish(this.#name);
    const each = Math.max(1, Math.min(extent, Math.floor(PIECE / workOf(body))));
    const outer = this.#scalar.fc.f;
    outer.forRange(m.i32.const(0), { const: extent }, each, (begin) => {
      const end = outer.let(b.i32, m.i32.add(outer.get(begin), m.i32.const(each)));
      const isLast = m.i32.gt_s(outer.get(end), m.i32.const(extent));
      outer.set(end, m.select(isLast, m.i32.const(extent), outer.get(end)));
      this.#call([outer.get(begin), outer.get(end)], []);
    });
  }

  #more: Local | undefined;

  #resultTypes(extra: readonly WasmType[]): WasmType[] {
    const { b } = this.#scalar.fc.f;
    return [...this.#state.map((local) => wasmTypeOf(b, local.dtype)), ...extra];
  }

  /** A function (table, …integers, …loop variables, …locals, …state). */
  #open(
    integers: readonly WasmType[],
    extra: readonly WasmType[],
  ): { f: FunctionBuilder; scalar: ScalarContext } {
    const { fc, emitters } = this.#scalar;
    const { b, m } = fc.f;
    const ofLocals = [...this.#locals, ...this.#state].map((local) => wasmTypeOf(b, local.dtype));
    const ofVars = this.#vars.map(() => b.i32);
    const types = [b.i32, ...integers, ...ofVars, ...ofLocals];
    const f = new FunctionBuilder(b, m, types, b.createType(this.#resultTypes(extra)));
    const inner = new FunctionContext(f, f.param(0), fc.memory, fc.options);
    let next = 1 + integers.length;
    for (const variable of this.#vars) inner.vars.set(variable, f.param(next++));
    for (const local of [...this.#locals, ...this.#state])
      inner.bind(local, { kind: "scalar", local: f.param(next++) });
    // Counted loops inside are part of a function that is called often; others may be long in one call.
    let count = 0;
    const outline = (context: ScalarContext, stmt: k.Stmt): boolean =>
      stmt.kind === "while" && outlineLoop(context, stmt, `${this.#name}.${count++}`);
    const scalar = new ScalarContext(inner, { ...emitters, outline });
    return { f, scalar };
  }

  #return(scalar: ScalarContext, extra: readonly Expr[]): void {
    const { f } = scalar.fc;
    const values = [...this.#state.map((local) => f.get(scalarLocal(scalar, local))), ...extra];
    f.return(values.length > 1 ? f.m.tuple.make(values) : values[0]);
  }

  /** Calls the function and takes over the state that it returns. */
  #call(integers: readonly Expr[], extra: readonly WasmType[]): void {
    const scalar = this.#scalar;
    const { f, table, vars } = scalar.fc;
    const { b, m } = f;
    const read = (local: k.Local): Expr => f.get(scalarLocal(scalar, local));
    const args = [
      f.get(table),
      ...integers,
      ...this.#vars.map((variable) => f.get(vars.get(variable) as Local)),
      ...[...this.#locals, ...this.#state].map(read),
    ];
    const types = this.#resultTypes(extra);
    const type = b.createType(types);
    const call = m.call(this.#name, args, type);
    if (types.length === 0) {
      f.push(call);
      return;
    }
    const result = f.let(type, call);
    const part = (i: number): Expr => (types.length > 1 ? m.tuple.extract(f.get(result), i) : f.get(result));
    this.#state.forEach((local, i) => {
      f.set(scalarLocal(scalar, local), part(i));
    });
    if (extra.length > 0) this.#more = f.let(b.i32, part(types.length - 1));
  }
}

function scalarLocal(scalar: ScalarContext, local: k.Local): Local {
  const binding = scalar.fc.binding(local);
  if (binding.kind === "vector") throw new Error(`${local.name} is a vector outside of vectorised loops`);
  return binding.local;
}

function collectAssigned(body: readonly k.Stmt[], found: Set<k.Local>): void {
  for (const stmt of body) {
    if (stmt.kind === "assign") found.add(stmt.local);
    for (const inner of k.bodiesOf(stmt)) collectAssigned(inner, found);
  }
}
