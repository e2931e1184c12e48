/**
 * The forward pass that `jvp` and `linearize` share: it walks operations in order and gives each result a tangent.
 *
 * An operation that no tangent reaches is kept as the same object, and so is the primal part of every other: values
 * keep their identity, so no map from old to new is needed. `jvp` puts primal and tangent operations into one list;
 * `linearize` sorts what a rule emits by whether it depends on a tangent.
 */

import { type Block, Builder, type Operation, returned, type Value } from "@fluxion/ir";
import { indexDefinitions, usesOf } from "./blocks.ts";
import { noRule } from "./errors.ts";
import { zeros } from "./rules/math.ts";
import type { JvpContext, JvpRule, NotDifferentiable, StructuralOpcode, Tangent } from "./rules/rule.ts";
import { ruleTable } from "./rules/table.ts";
import type { FunctionScope } from "./scope.ts";

/** Tangents of values, with those of the blocks around a region below. */
export class Tangents {
  readonly #own = new Map<Value, Value>();
  readonly #outer: Tangents | undefined;

  constructor(outer?: Tangents) {
    this.#outer = outer;
  }

  get(value: Value): Tangent {
    return this.#own.get(value) ?? this.#outer?.get(value);
  }

  set(value: Value, tangent: Tangent): void {
    if (tangent) this.#own.set(value, tangent);
  }
}

/** How a transform treats the ops whose derivative follows their regions or callee. */
export type StructuralRules = {
  readonly [K in StructuralOpcode]: (pass: ForwardPass, op: Extract<Operation, { opcode: K }>) => void;
};

export interface ForwardState {
  readonly scope: FunctionScope;
  readonly structural: StructuralRules;
  /** Defining operation of every value, for constants. */
  readonly definitions: Map<Value, Operation>;
  /** Values that depend on a tangent; nothing when primal and tangent operations share one list. */
  readonly linear: Set<Value> | undefined;
}

export class ForwardPass {
  readonly state: ForwardState;
  readonly tangents: Tangents;
  /** Receives primal operations. */
  readonly primal = new Builder();
  /** Receives tangent operations; the same builder in `jvp`. */
  readonly linear: Builder;

  constructor(state: ForwardState, tangents: Tangents) {
    this.state = state;
    this.tangents = tangents;
    this.linear = state.linear === undefined ? this.primal : new Builder();
  }

  /** A pass over a region of the operation at hand. */
  nested(): ForwardPass {
    return new ForwardPass(this.state, new Tangents(this.tangents));
  }

  isActive(value: Value): boolean {
    return this.tangents.get(value) !== undefined;
  }

  /** Runs over a block and gives the tangents of what it returns. */
  block(block: Block): Tangent[] {
    for (const op of block.operations) if (op.opcode !== "return") this.operation(op);
    return returned(block).map((value) => this.tangents.get(value));
  }

  operation(op: Operation): void {
    if (!usesOf(op).some((value) => this.isActive(value))) {
      this.primal.operations.push(op);
      return;
    }
    if (op.opcode === "call" && op.attributes.no_tangent) {
      this.primal.operations.push(op);
      return;
    }
    if (isStructural(op)) {
      this.primal.location = op.location;
      this.linear.location = op.location;
      (this.state.structural[op.opcode] as (pass: ForwardPass, op: Operation) => void)(this, op);
      return;
    }
    this.#rule(op);
  }

  #rule(op: Operation): void {
    const { jvp } = ruleTable[op.opcode as Exclude<Operation["opcode"], StructuralOpcode>] as {
      readonly jvp: JvpRule<never> | NotDifferentiable;
    };
    if (typeof jvp !== "function") throw noRule("Differentiation", op, jvp.reason);
    this.primal.operations.push(op);
    const b = new Builder();
    b.location = op.location;
    const context: JvpContext = {
      b,
      through: (operations, result) => {
        this.#sort(b.operations.splice(0));
        for (const inner of operations) {
          for (const value of inner.results) this.state.definitions.set(value, inner);
          this.operation(inner);
        }
        return this.tangents.get(result);
      },
    };
    const tangents = jvp(
      context,
      op as never,
      op.operands.map((operand) => this.tangents.get(operand)),
    );
    this.#sort(b.operations);
    op.results.forEach((result, i) => {
      this.tangents.set(result, tangents[i]);
    });
  }

  /** Puts what a rule emitted where it belongs. */
  #sort(operations: readonly Operation[]): void {
    const { linear, definitions } = this.state;
    indexDefinitions({ arguments: [], operations }, definitions);
    for (const op of operations) {
      if (linear === undefined || !usesOf(op).some((value) => linear.has(value))) {
        this.primal.operations.push(op);
      } else {
        this.pushLinear(op);
      }
    }
  }

  /** Adds an operation on tangents. */
  pushLinear(op: Operation): void {
    this.linear.operations.push(op);
    this.state.definitions.set(op.results[0], op);
    for (const result of op.results) {
      this.state.definitions.set(result, op);
      this.state.linear?.add(result);
    }
  }

  /** The tangent, or zeros where an interface demands a value. */
  materialise(tangent: Tangent, primal: Value): Value {
    return tangent ?? zeros(this.linear, primal);
  }
}

/** The tangents of the outputs whose derivative is asked for; of all of them without a mask. */
export const keepWanted = (tangents: readonly Tangent[], wanted: readonly boolean[] | undefined): Tangent[] =>
  tangents.map((t, i) => (wanted === undefined || wanted[i] ? t : undefined));

const structuralOpcodes: Readonly<Record<StructuralOpcode, true>> = {
  call: true,
  case: true,
  if: true,
  while: true,
};
const isStructural = (op: Operation): op is Extract<Operation, { opcode: StructuralOpcode }> =>
  Object.hasOwn(structuralOpcodes, op.opcode);
