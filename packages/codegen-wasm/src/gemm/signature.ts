/** Functions with named i32 parameters, of which each product needs only some. */
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import type { EmitContext } from "./context.ts";

/** What a caller has to offer; each is read where the callee has such a parameter. */
export type Arguments<Name extends string> = Readonly<Record<Name, () => Expr>>;

export interface OpenFunction<Name extends string> {
  readonly f: FunctionBuilder;
  /** The parameter of this name; throws if the signature lacks it. */
  param(name: Name): Local;
}

export class Signature<Name extends string> {
  readonly names: readonly Name[];

  constructor(names: Iterable<Name>) {
    this.names = [...new Set(names)];
  }

  open({ b, m }: EmitContext): OpenFunction<Name> {
    const f = new FunctionBuilder(b, m, new Array(this.names.length).fill(b.i32), b.none);
    return { f, param: (name) => f.param(this.names.indexOf(name)) };
  }

  call(f: FunctionBuilder, functionName: string, args: Arguments<Name>): void {
    const values = this.names.map((name) => args[name]());
    f.push(f.m.call(functionName, values, f.b.none));
  }
}
