/**
 * Eager arithmetic on large arrays waits until something asks for a result, so that a chain of it runs as one program:
 * one pass over memory instead of one for each operation. Nothing else is different: operations are checked when they are
 * called, and the values are those of the single operations.
 *
 * Only elementwise functions wait, only on a device that computes at once anyway (`Device.fusesEagerly`), and only for
 * arrays that are large enough to gain from it. What a waiting result is made of cannot change: before an array that it
 * needs is disposed of or donated, it is computed.
 */

import { Builder, declarationOf, type Func, type Opcode, returned, sizeOf, Value } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import type { Aval } from "./aval.ts";
import { checksValues } from "./check-values.ts";
import { type HeldPayload, NDArray, type Payload, type PendingPayload } from "./ndarray.ts";
import { ModuleBuilder, type TracedFunction, withTrace } from "./trace.ts";

/** Smaller arrays stay in the caches, where a pass over memory costs little. */
const leastElements = 2 ** 15;
/** Operations that wait for one another; more are computed in parts, which bounds what they keep alive. */
const mostOperations = 24;

/** Runs a program on concrete arrays. `key` stands for the program: one key, one program. */
export type RunProgram = (
  key: string,
  device: Device,
  build: () => { readonly traced: TracedFunction; readonly name: string },
  args: readonly NDArray[],
) => readonly Payload[];

/** A library function as traced for some avals. */
export interface TracedCall {
  /** Its place in the list of all: what keys are made of. */
  readonly id: number;
  readonly name: string;
  readonly traced: TracedFunction;
  readonly elementwise: boolean;
}

let lastId = 0;

export const tracedCall = (name: string, traced: TracedFunction): TracedCall => ({
  id: ++lastId,
  name,
  traced,
  elementwise: isElementwise(traced),
});

const folded = new Set<Opcode>(["constant", "broadcast_in_dim", "iota", "return"]);

function isElementwise({ func, captured, resultAvals }: TracedFunction): boolean {
  if (captured.length > 0 || resultAvals.length !== 1 || sizeOf(resultAvals[0].shape) < leastElements)
    return false;
  return func.body.operations.every(
    ({ opcode }) => folded.has(opcode) || declarationOf(opcode).family === "elementwise",
  );
}

/** A function whose result nobody has asked for yet. */
class Deferred implements PendingPayload {
  readonly kind = "pending";
  readonly device: Device;
  readonly call: TracedCall;
  readonly operations: number;
  readonly #run: RunProgram;
  readonly #scope: unknown;
  #args: readonly Operand[];
  #payload: Payload | undefined;
  /** Whether it was computed within a program that did not keep it; the next one does. */
  #wasPassedBy = false;

  constructor(call: TracedCall, args: readonly Operand[], device: Device, run: RunProgram) {
    this.call = call;
    this.device = device;
    this.#args = args;
    this.#run = run;
    this.#scope = device.currentScope?.();
    this.operations = args.reduce((sum, { held }) => sum + (isPending(held) ? held.operations : 0), 1);
    const self = new WeakRef(this);
    for (const { held } of args) addUser(resourceOf(held), self);
  }

  get settled(): Payload | undefined {
    return this.#payload;
  }

  settle(): Payload {
    if (this.#payload === undefined) {
      const compute = (): void => withTrace(undefined, () => this.#compute());
      if (this.device.inScope === undefined) compute();
      else this.device.inScope(this.#scope, compute);
    }
    return this.#payload as Payload;
  }

  #compute(): void {
    let chain = new Chain(this);
    // What is kept belongs to the scope that it was begun in.
    const elsewhere = chain.calls.filter(
      (call) => call !== this && call.#wasPassedBy && call.#scope !== this.#scope,
    );
    for (const call of elsewhere) call.settle();
    if (elsewhere.length > 0) chain = new Chain(this);
    const kept = chain.calls.filter((call) => call === this || call.#wasPassedBy);
    const key = `${this.device}${chain.key}>${kept.map((call) => chain.calls.indexOf(call)).join()}`;
    const payloads = this.#run(key, this.device, () => chain.program(kept), chain.inputs);
    for (const call of chain.calls) call.#wasPassedBy = true;
    kept.forEach((call, i) => {
      call.#payload = payloads[i];
      call.#args = [];
      const users = usersOf.get(call);
      if (users !== undefined) usersOf.set(resourceOf(payloads[i]), users);
    });
  }

  get args(): readonly Operand[] {
    return this.#args;
  }
}

interface Operand {
  readonly aval: Aval;
  readonly held: Payload | Deferred;
}

const isPending = (held: HeldPayload): held is Deferred => held instanceof Deferred;

/** The waiting calls that a result needs, in order, and the arrays that they start from. */
class Chain {
  readonly calls: Deferred[] = [];
  readonly inputs: NDArray[] = [];
  /** The calls and what they are applied to: `c` for a call's result, `i` for an input. */
  key = "";
  readonly #names = new Map<object, string>();

  constructor(root: Deferred) {
    this.#visit(root);
  }

  #visit(call: Deferred): string {
    const known = this.#names.get(call);
    if (known !== undefined) return known;
    const operands = call.args.map((operand) => this.#operand(operand));
    const name = `c${this.calls.length}`;
    this.calls.push(call);
    this.#names.set(call, name);
    this.key += `|${call.call.id}(${operands.join()})`;
    return name;
  }

  #operand({ aval, held }: Operand): string {
    const payload = isPending(held) ? held.settled : held;
    if (payload === undefined) return this.#visit(held as Deferred);
    const known = this.#names.get(payload);
    if (known !== undefined) return known;
    const name = `i${this.inputs.length}`;
    this.inputs.push(new NDArray(aval, payload));
    this.#names.set(payload, name);
    return name;
  }

  /** One function with the inputs as parameters and the kept calls' results. */
  program(kept: readonly Deferred[]): { readonly traced: TracedFunction; readonly name: string } {
    const builder = new Builder();
    const parameters = this.inputs.map(({ aval }) => new Value(aval));
    const values = new Map<object, Value>();
    for (const [i, { payload }] of this.inputs.entries()) values.set(payload, parameters[i]);
    for (const call of this.calls) {
      const operands = call.args.map(
        ({ held }) => values.get((isPending(held) && held.settled) || held) as Value,
      );
      values.set(call, inline(builder, call.call.traced.func, operands));
    }
    const results = kept.map((call) => values.get(call) as Value);
    const resultAvals = kept.map((call) => call.call.traced.resultAvals[0]);
    const name = [...new Set(this.calls.map(({ call }) => call.name))].join("_");
    const func: Func = {
      name,
      visibility: "public",
      body: builder.finish(parameters, results),
      resultTypes: resultAvals.map(({ dtype, shape }) => ({ dtype, shape })),
    };
    return { traced: { func, captured: [], resultAvals, module: new ModuleBuilder() }, name };
  }
}

/** Emits the operations of an elementwise function again, on other operands. */
function inline(builder: Builder, { body }: Func, operands: readonly Value[]): Value {
  const values = new Map(body.arguments.map((argument, i) => [argument, operands[i]]));
  const lookUp = (value: Value): Value => values.get(value) as Value;
  for (const { opcode, operands: inner, attributes, results, location } of body.operations) {
    if (opcode === "return") continue;
    const types = declarationOf(opcode).explicitResult ? results.map(({ type }) => type) : undefined;
    const emitted = builder.emit(opcode, inner.map(lookUp), attributes as never, { types, location });
    for (const [i, result] of results.entries()) values.set(result, emitted[i]);
  }
  return lookUp(returned(body)[0]);
}

/** The result of a call that may wait; nothing if it has to run at once. */
export function defer(
  call: TracedCall,
  args: readonly NDArray[],
  device: Device,
  run: RunProgram,
): NDArray | undefined {
  if (!call.elementwise || device.fusesEagerly !== true || checksValues()) return undefined;
  const [aval] = call.traced.resultAvals;
  const size = sizeOf(aval.shape);
  const waiting = args.map(({ held }) => held).filter(isPending);
  const operations = waiting.reduce((sum, held) => sum + held.operations, 1);
  for (const held of waiting) {
    // Fused, a smaller operand would be computed again for every element that it is repeated to.
    const isRepeated = sizeOf(held.call.traced.resultAvals[0].shape) < size;
    if (isRepeated || operations > mostOperations) held.settle();
  }
  const operands = args.map((x) => ({
    aval: x.aval,
    held: isPending(x.held) && x.held.settled === undefined ? x.held : x.payload,
  }));
  return new NDArray(aval, new Deferred(call, operands, device, run));
}

const usersOf = new WeakMap<object, WeakRef<Deferred>[]>();

/** What dies when an array is disposed of or donated. */
const resourceOf = (held: Payload | Deferred): object => (held.kind === "device" ? held.buffer : held);

function addUser(resource: object, user: WeakRef<Deferred>): void {
  const users = usersOf.get(resource) ?? [];
  if (users.length > 0 && (users.length & (users.length + 1)) === 0) {
    // Full to a power of two: forget those that no longer wait.
    usersOf.set(resource, [...users.filter(isWaiting), user]);
    return;
  }
  users.push(user);
  usersOf.set(resource, users);
}

const isWaiting = (user: WeakRef<Deferred>): boolean => {
  const call = user.deref();
  return call !== undefined && call.settled === undefined;
};

/** Computes what still waits for an array, before its memory is freed or written to. */
export function settleUsersOf(payload: Payload): void {
  const resource = resourceOf(payload);
  const users = usersOf.get(resource);
  if (users === undefined) return;
  usersOf.delete(resource);
  for (const user of users) user.deref()?.settle();
}
