/** The operands of a matrix product as expressions of WGSL, in vectors along whichever dimension lies in memory. */

import { InternalError, kernel as k } from "@fluxion/ir";
import { Emitter } from "../emit/emitter.ts";
import type { ShaderText } from "../emit/shader.ts";
import { type Lanes, registerOf, typeText, type Value, widen } from "../emit/text.ts";
import { OpContext } from "../ops/context.ts";
import { opText } from "../ops/table.ts";
import { substituteExpr } from "../plan/rewrite.ts";

/** A variable is to be the text plus the offset. */
export type Binding = readonly [variable: k.LoopVar, text: string, offset: number];

export class GemmEmitter extends Emitter {
  readonly kernel: k.GemmKernel;
  override readonly namesSums = true;
  readonly #bases = new Map<string, k.LoopVar>();

  constructor(shader: ShaderText, kernel: k.GemmKernel) {
    super(shader);
    this.kernel = kernel;
  }

  /** The type of `lanes` sums. */
  sumType(lanes: Lanes): string {
    return typeText(registerOf(this.kernel.accumulate), lanes);
  }

  /** An expression with its variables bound; four values along `lane` if that is given. */
  at(expr: k.Expr, bindings: readonly Binding[], lane?: k.LoopVar): Value {
    const map = new Map<k.LoopVar, k.Index>();
    for (const [variable, text, offset] of bindings) {
      const base = this.#base(text);
      map.set(variable, k.indexAdd(k.indexVar(base), k.indexConst(offset)));
      if (variable === lane) this.laneVariable = base;
    }
    const value = this.expr(substituteExpr(expr, map));
    const text = lane === undefined ? value.text : widen(value, registerOf(expr.dtype), 4);
    this.laneVariable = undefined;
    return { text, lanes: lane === undefined ? 1 : 4 };
  }

  /** The variable of this text. */
  #base(text: string): k.LoopVar {
    const known = this.#bases.get(text);
    if (known !== undefined) return known;
    const base = new k.LoopVar(text);
    this.#bases.set(text, base);
    this.variables.set(base, text);
    return base;
  }

  /** A name for a value. */
  named(wanted: string, value: string): string {
    const name = this.names.fresh(wanted);
    this.writer.line(`let ${name} = ${value};`);
    return name;
  }

  /** sum + factor · row, the factor a scalar and the others of as many lanes. */
  multiplyAdd(sum: string, factor: string, row: string, lanes: Lanes = 4): string {
    const { accumulate } = this.kernel;
    if (accumulate === "float32") return `${sum} + ${factor} * ${row}`;
    const context = new OpContext(accumulate, lanes, this.library);
    const wide = lanes === 1 ? factor : `${this.sumType(lanes)}(${factor})`;
    const product = opText("multiply", context, accumulate, [wide, row]);
    return opText("add", context, accumulate, [sum, product]);
  }

  /** Binds the batch variables from the number of the batch. */
  bindBatch(batch: string): void {
    let stride = this.kernel.batch.reduce((product, { extent }) => product * extent, 1);
    for (const { var: variable, extent } of this.kernel.batch) {
      stride /= extent;
      const text = stride === 1 ? batch : `(${batch} / ${stride}u)`;
      const name = this.names.fresh(variable.name);
      this.writer.line(`let ${name} = i32(${text} % ${extent}u);`);
      this.variables.set(variable, name);
    }
  }

  /** The epilogue for the four sums at (row, column…). */
  finish(row: string, column: string, sum: string): void {
    const { m, n, epilogue } = this.kernel;
    this.variables.set(m.var, row);
    this.variables.set(n.var, column);
    this.laneVariable = n.var;
    this.laneLimit = n.extent % 4 === 0 ? undefined : n.extent;
    this.locals.set(this.kernel.sum, { text: sum, lanes: 4 });
    this.statements(epilogue);
    this.laneVariable = undefined;
    this.laneLimit = undefined;
  }
}

/** Loads that move by one element when the variable does, less those that jump. */
export function contiguity(expr: k.Expr, variable: k.LoopVar): number {
  let score = 0;
  const visit = (e: k.Expr): void => {
    if (e.kind === "load") {
      const stride = k.strideIn(e.index, variable);
      score += stride === 1 ? 1 : stride === 0 ? 0 : -1;
    }
    k.childrenOf(e).forEach(visit);
  };
  visit(expr);
  return score;
}

export function assertGemm(kernel: k.Kernel): asserts kernel is k.GemmKernel {
  if (kernel.kind !== "gemm") throw new InternalError(`${kernel.name} is no matrix product`);
}
