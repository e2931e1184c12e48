/**
 * Expressions and statements of one invocation as WGSL. With a lane variable every value that depends on it is a `vec4`
 * of what four neighbouring iterations compute; loads and stores of neighbours are one access.
 */

import { InternalError, kernel as k, type RealDType } from "@fluxion/ir";
import { OpContext } from "../ops/context.ts";
import { bitsText, compareText, convertText, fromBitsText, reducePrecisionText } from "../ops/convert.ts";
import { opText } from "../ops/table.ts";
import { type IndexSource, indexText, isAligned } from "./indices.ts";
import type { Library } from "./library.ts";
import type { Slot } from "./slots.ts";
import {
  components,
  constantText,
  isLiteral,
  type Lanes,
  laneOf,
  type Names,
  registerOf,
  typeText,
  type Value,
  type Writer,
  widen,
} from "./text.ts";

export interface EmitterOptions {
  readonly writer: Writer;
  readonly library: Library;
  readonly names: Names;
  readonly slots: ReadonlyMap<k.BufferRef, Slot>;
  readonly tiles: ReadonlyMap<k.Tile, Slot>;
}

export class Emitter implements IndexSource {
  readonly writer: Writer;
  readonly library: Library;
  readonly names: Names;
  readonly slots: ReadonlyMap<k.BufferRef, Slot>;
  readonly tiles: ReadonlyMap<k.Tile, Slot>;
  readonly variables = new Map<k.LoopVar, string>();
  readonly locals = new Map<k.Local, Value>();
  readonly namesSums: boolean = false;
  /** Names of expressions that are known in the block being written and those around it. */
  #known: Map<string, string>[] = [new Map()];
  laneVariable: k.LoopVar | undefined;
  /** The number of iterations of the lane variable, where the last vector may reach beyond them. */
  laneLimit: number | undefined;

  constructor({ writer, library, names, slots, tiles }: EmitterOptions) {
    this.writer = writer;
    this.library = library;
    this.names = names;
    this.slots = slots;
    this.tiles = tiles;
  }

  get lanes(): Lanes {
    return this.laneVariable === undefined ? 1 : 4;
  }

  // --- indices

  variable(variable: k.LoopVar): string {
    const text = this.variables.get(variable);
    if (text === undefined) throw new InternalError(`loop variable ${variable.name} is not bound`);
    return text;
  }

  value(expr: k.Expr, lane: number): string {
    return laneOf(this.expr(expr), lane);
  }

  isStable = (index: k.Index): boolean =>
    index.terms.every(({ atom }) => {
      if (atom.kind === "value") return !usesMutable(atom.value);
      return atom.kind === "var" || this.isStable(atom.value);
    });

  shared(text: string): string {
    for (const scope of this.#known) {
      const name = scope.get(text);
      if (name !== undefined) return name;
    }
    const name = this.names.fresh("q");
    this.writer.line(`let ${name} = ${text};`);
    this.#known[this.#known.length - 1].set(text, name);
    return name;
  }

  index(index: k.Index, lane = 0): string {
    return indexText(index, this, lane);
  }

  /** How an index moves from lane to lane; nothing if not by a constant. */
  #stride(index: k.Index): number | undefined {
    const { laneVariable } = this;
    if (laneVariable === undefined) return 0;
    const variance = { variable: laneVariable, expr: (e: k.Expr) => this.varies(e) };
    return k.laneStride(index, { variance, lanes: 4, alignment: 4 });
  }

  /** Whether an expression differs between lanes. */
  varies(expr: k.Expr): boolean {
    if (this.laneVariable === undefined) return false;
    if (expr.kind === "local") return this.locals.get(expr.local)?.lanes === 4;
    return (
      k.indicesOf(expr).some((index) => this.#stride(index) !== 0) ||
      k.childrenOf(expr).some((child) => this.varies(child))
    );
  }

  #isVector(index: k.Index): boolean {
    const { laneVariable } = this;
    return laneVariable !== undefined && this.#stride(index) === 1 && isAligned(index, laneVariable);
  }

  /** An index as a number: one, or one for each lane. */
  #indexValue(index: k.Index): Value {
    const stride = this.#stride(index);
    if (stride === 0) return { text: `(${this.index(index)})`, lanes: 1 };
    if (stride === undefined) {
      const lanes = components.map((_, lane) => this.index(index, lane));
      return { text: `vec4<i32>(${lanes.join(", ")})`, lanes: 4 };
    }
    const steps = components.map((_, lane) => lane * stride);
    return { text: `(${this.index(index)} + vec4<i32>(${steps.join(", ")}))`, lanes: 4 };
  }

  // --- expressions

  expr(expr: k.Expr): Value {
    switch (expr.kind) {
      case "const":
        return { text: this.#scan(constantText(expr.dtype, expr.value)), lanes: 1 };
      case "local": {
        const value = this.locals.get(expr.local);
        if (value === undefined) throw new InternalError(`local ${expr.local.name} is not defined`);
        return value;
      }
      case "load":
        return this.#load(expr.from, expr.index);
      case "index":
        return this.#indexValue(expr.index);
      case "op":
        return this.#op(expr);
      case "inRange":
        return this.#inRange(expr.tests);
      case "compare":
      case "convert":
      case "bitcast":
      case "reduce_precision":
        return this.#unary(expr);
    }
  }

  /** An expression in as many lanes as are worked on. */
  wide(expr: k.Expr): string {
    return widen(this.expr(expr), registerOf(expr.dtype), this.lanes);
  }

  #scan(text: string): string {
    this.library.scan(text);
    return text;
  }

  #together(args: readonly k.Expr[]): { readonly texts: string[]; readonly lanes: Lanes } {
    const values = args.map((arg) => this.expr(arg));
    const lanes = values.some((value) => value.lanes === 4) ? 4 : 1;
    // Not a constant expression: WGSL refuses those that overflow.
    if (values.every(({ text }) => isLiteral(text)))
      values[0] = { text: this.shared(values[0].text), lanes: 1 };
    return { texts: values.map((value, i) => widen(value, registerOf(args[i].dtype), lanes)), lanes };
  }

  #op(expr: Extract<k.Expr, { kind: "op" }>): Value {
    const { texts, lanes } = this.#together(expr.args);
    if (expr.opcode === "select") return { text: `select(${texts[2]}, ${texts[1]}, ${texts[0]})`, lanes };
    const context = new OpContext(expr.args[0].dtype, lanes, this.library);
    return { text: opText(expr.opcode, context, expr.dtype, texts), lanes };
  }

  #unary(expr: Extract<k.Expr, { kind: "compare" | "convert" | "bitcast" | "reduce_precision" }>): Value {
    const args = expr.kind === "compare" ? expr.args : [expr.arg];
    const { texts, lanes } = this.#together(args);
    const context = new OpContext(args[0].dtype, lanes, this.library);
    switch (expr.kind) {
      case "compare":
        return { text: compareText(context, expr, texts), lanes };
      case "convert":
        return { text: convertText(context, expr.dtype, texts[0]), lanes };
      case "bitcast": {
        const bits = bitsText(context, texts[0]);
        return { text: fromBitsText(new OpContext(expr.dtype, lanes, this.library), bits), lanes };
      }
      case "reduce_precision":
        return { text: reducePrecisionText(context, expr, texts[0]), lanes };
    }
  }

  #inRange(tests: readonly k.RangeTest[]): Value {
    const parts = tests.map((test): Value => {
      const { text, lanes } = this.#indexValue(test.index);
      const number = (n: number): string => (lanes === 1 ? String(n) : `vec4<i32>(${n})`);
      const checks = [`(${text} >= ${number(test.low)})`, `(${text} < ${number(test.high)})`];
      if (test.step !== undefined && test.step > 1)
        checks.push(`((${text} - ${number(test.low)}) % ${number(test.step)} == ${number(0)})`);
      return { text: checks.join(" & "), lanes };
    });
    const lanes = parts.some((part) => part.lanes === 4) ? 4 : 1;
    return { text: `(${parts.map((part) => `${widen(part, "bool", lanes)}`).join(" & ")})`, lanes };
  }

  #load(from: k.BufferRef | k.Tile, index: k.Index): Value {
    const slot = this.slot(from);
    if (this.#isVector(index)) return slot.loadVector(this.index(index), this.library);
    if (this.#stride(index) === 0) return slot.load(this.index(index), this.library);
    const lanes = components.map((_, lane) => slot.load(this.index(index, lane), this.library).text);
    return { text: `${typeText(registerOf(from.dtype), 4)}(${lanes.join(", ")})`, lanes: 4 };
  }

  slot(ref: k.BufferRef | k.Tile): Slot {
    const slot = ref instanceof k.Tile ? this.tiles.get(ref) : this.slots.get(ref);
    if (slot === undefined) throw new InternalError(`${ref.name} is not bound`);
    return slot;
  }

  // --- statements

  statements(body: readonly k.Stmt[]): void {
    for (const stmt of body) this.statement(stmt);
  }

  /** A block whose names end with it. */
  block(head: string, inside: () => void): void {
    this.#known.push(new Map());
    this.writer.block(head, inside);
    this.#known.pop();
  }

  statement(stmt: k.Stmt): void {
    switch (stmt.kind) {
      case "let":
        this.define(stmt.local, stmt.value);
        return;
      case "assign": {
        const target = this.locals.get(stmt.local);
        if (target === undefined) throw new InternalError(`local ${stmt.local.name} is not declared`);
        this.writer.line(`${target.text} = ${this.wide(stmt.value)};`);
        return;
      }
      case "store":
        this.store(stmt);
        return;
      case "for":
        this.loop(stmt.var, 0, stmt.extent, 1, () => this.statements(stmt.body));
        return;
      case "reduce":
        this.reduce(stmt);
        return;
      case "if":
        this.#branch(stmt);
        return;
      case "while":
        this.block("loop", () => {
          this.statements(stmt.before);
          this.writer.line(`if (!${this.expr(stmt.condition).text}) { break; }`);
          this.statements(stmt.body);
        });
    }
  }

  define(local: k.Local, expr: k.Expr): void {
    if (!local.mutable) {
      this.bind(local, this.expr(expr));
      return;
    }
    const text = this.wide(expr);
    const name = this.names.fresh(local.name);
    this.writer.line(`var ${name} = ${text};`);
    this.locals.set(local, { text: name, lanes: this.lanes });
  }

  /** Names a value. */
  bind(local: k.Local, value: Value): void {
    if (/^\w+$/.test(value.text)) {
      this.locals.set(local, value);
      return;
    }
    const name = this.names.fresh(local.name);
    this.writer.line(`let ${name} = ${value.text};`);
    this.locals.set(local, { text: name, lanes: value.lanes });
  }

  /** `for` from `first` (text or number) in steps; `inside` runs with the variable bound. */
  loop(variable: k.LoopVar, first: string | number, extent: number, step: number, inside: () => void): void {
    const name = this.names.fresh(variable.name);
    this.variables.set(variable, name);
    this.block(`for (var ${name}: i32 = ${first}; ${name} < ${extent}; ${name} += ${step})`, inside);
  }

  #branch(stmt: Extract<k.Stmt, { kind: "if" }>): void {
    this.block(`if (${this.expr(stmt.condition).text})`, () => this.statements(stmt.then));
    if (stmt.else.length > 0) this.block("else", () => this.statements(stmt.else));
  }

  store(stmt: Extract<k.Stmt, { kind: "store" }>): void {
    const { index } = stmt;
    const slot = this.slot(stmt.to);
    const text = this.wide(stmt.value);
    if (this.lanes === 1) {
      this.#write(slot.store(this.index(index), text, this.library));
      return;
    }
    const name = /^\w+$/.test(text) ? text : this.names.fresh("w");
    if (name !== text) this.writer.line(`let ${name} = ${text};`);
    if (this.#isVector(index) && this.#endsInFill(slot)) {
      this.#write(slot.storeVector(this.index(index), name, this.library));
      return;
    }
    components.forEach((c, lane) => {
      const write = (): void =>
        this.#write(slot.store(this.index(index, lane), `${name}.${c}`, this.library));
      const { laneLimit, laneVariable } = this;
      if (laneLimit === undefined || laneVariable === undefined || lane === 0) write();
      else this.block(`if (${this.variable(laneVariable)} + ${lane} < ${laneLimit})`, write);
    });
  }

  /** Whether what the last vector writes beyond the last iteration is beyond the last element, too. */
  #endsInFill(slot: Slot): boolean {
    return this.laneLimit === undefined || this.laneLimit === slot.elements;
  }

  #write(code: readonly string[]): void {
    for (const line of code) this.writer.line(line);
  }

  // --- reductions by one invocation

  reduce(stmt: k.ReduceStmt): void {
    const accumulators = stmt.accumulators.map((local, i) => {
      const name = this.declare(local.name, local.dtype, this.wide(stmt.init[i]), this.lanes);
      return { text: name, lanes: this.lanes };
    });
    const nest = (depth: number): void => {
      if (depth < stmt.loops.length) {
        const { var: variable, extent } = stmt.loops[depth];
        this.loop(variable, 0, extent, 1, () => nest(depth + 1));
        return;
      }
      this.statements(stmt.body);
      this.accumulate(
        stmt.combine,
        accumulators,
        stmt.elements.map((e) => this.expr(e)),
      );
    };
    nest(0);
    stmt.accumulators.forEach((local, i) => {
      this.locals.set(local, accumulators[i]);
    });
  }

  declare(wanted: string, dtype: RealDType, value: string, lanes: Lanes): string {
    const name = this.names.fresh(wanted);
    this.writer.line(`var ${name}: ${typeText(registerOf(dtype), lanes)} = ${value};`);
    return name;
  }

  /** accumulators = combine(accumulators, elements) */
  accumulate(combine: k.Combine, accumulators: readonly Value[], elements: readonly Value[]): void {
    const results = this.combine(combine, accumulators, elements);
    const texts = results.map((value, i) =>
      widen(value, registerOf(combine.lhs[i].dtype), accumulators[i].lanes),
    );
    // All results are known before any accumulator changes.
    const named =
      texts.length === 1
        ? texts
        : texts.map((text) => {
            const name = this.names.fresh("next");
            this.writer.line(`let ${name} = ${text};`);
            return name;
          });
    accumulators.forEach(({ text }, i) => {
      this.writer.line(`${text} = ${named[i]};`);
    });
  }

  combine(combine: k.Combine, lhs: readonly Value[], rhs: readonly Value[]): Value[] {
    combine.lhs.forEach((local, i) => {
      this.locals.set(local, lhs[i]);
    });
    combine.rhs.forEach((local, i) => {
      this.bind(local, rhs[i]);
    });
    this.statements(combine.body);
    return combine.results.map((result) => this.expr(result));
  }
}

function usesMutable(expr: k.Expr): boolean {
  if (expr.kind === "local") return expr.local.mutable;
  return (
    k.childrenOf(expr).some(usesMutable) ||
    k
      .indicesOf(expr)
      .some((index) => index.terms.some(({ atom }) => atom.kind === "value" && usesMutable(atom.value)))
  );
}
