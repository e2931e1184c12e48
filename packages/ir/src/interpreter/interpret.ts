/**
 * The reference interpreter: the StableHLO specification in plain TypeScript, floats in double precision rounded to
 * the dtype after each op. It defines what a program means; backends and passes are compared with it.
 */

import { formatLocation, InternalError } from "../errors.ts";
import type { Literal } from "../literal.ts";
import {
  type Block,
  type Func,
  findFunction,
  type Module,
  mainFunction,
  type Operation,
  type OperationOf,
  type Region,
  type Value,
} from "../module.ts";
import { type ElementwiseOpcode, isElementwise, type Opcode, qualifiedName } from "../ops/table.ts";
import { formatType, sameType } from "../tensor-type.ts";
import { CheckFailure, type CheckResult, isCheckTarget, runCheck } from "./checks.ts";
import { type CompiledBody, compileBody } from "./compiled-body.ts";
import { dotGeneral } from "./dot.ts";
import { evaluateElementwise } from "./elementwise.ts";
import { InterpreterError } from "./error.ts";
import { gather, scatter } from "./gather.ts";
import { reduce } from "./reduce.ts";
import { reduceWindow } from "./reduce-window.ts";
import * as shape from "./shape.ts";
import { sort, topK } from "./sort.ts";
import { fromLiteral, reader, type Scalar, type Tensor, toLiteral } from "./tensor.ts";

export interface InterpretOptions {
  /** Called after every operation that has results, in the order of execution, region by region. */
  readonly onOperation?: (
    operation: Operation,
    results: readonly Literal[],
    operands: readonly Literal[],
  ) => void;
  /** Called for every executed `check.*`; without it a check that does not hold throws `CheckFailure`. */
  readonly onCheck?: (result: CheckResult) => void;
}

/** Runs the module's main function. Throws `InterpreterError` when the arguments do not have the function's types. */
export const interpret = (
  module: Module,
  args: readonly Literal[],
  options: InterpretOptions = {},
): Literal[] => interpretFunction(mainFunction(module), module, args, options);

/** Runs one function of the module. */
export function interpretFunction(
  func: Func,
  module: Module,
  args: readonly Literal[],
  options: InterpretOptions = {},
): Literal[] {
  const expected = func.body.arguments.map(({ type }) => type);
  if (args.length !== expected.length)
    throw new InterpreterError(`@${func.name} takes ${expected.length} arguments, got ${args.length}`);
  args.forEach(({ type }, index) => {
    if (!sameType(type, expected[index]))
      throw new InterpreterError(
        `argument ${index} of @${func.name} must be ${formatType(expected[index])}, got ${formatType(type)}`,
      );
  });
  return new Frame(module, options).run(func.body, args.map(fromLiteral)).map(toLiteral);
}

/**
 * Runs the checks of a self-checking module: those of `main`, or without one those of every public function. None of
 * them may take arguments.
 */
export function runChecks(module: Module): {
  readonly passed: number;
  readonly failures: readonly CheckResult[];
} {
  const results: CheckResult[] = [];
  const named = module.functions.filter(({ name }) => name === "main");
  const entries = named.length > 0 ? named : module.functions.filter((f) => f.visibility === "public");
  for (const func of entries)
    interpretFunction(func, module, [], { onCheck: (result) => results.push(result) });
  const failures = results.filter(({ passed }) => !passed);
  return { passed: results.length - failures.length, failures };
}

/** The values of one function call. */
class Frame {
  readonly #module: Module;
  readonly #options: InterpretOptions;
  readonly #values = new Map<Value, Tensor>();

  constructor(module: Module, options: InterpretOptions) {
    this.#module = module;
    this.#options = options;
  }

  /** Runs a block and gives what it returns. */
  run(block: Block, args: readonly Tensor[]): readonly Tensor[] {
    block.arguments.forEach((argument, index) => {
      this.#values.set(argument, args[index]);
    });
    const last = block.operations.length - 1;
    for (let i = 0; i < last; i++) this.#execute(block.operations[i]);
    return block.operations[last].operands.map((value) => this.#read(value));
  }

  #read(value: Value): Tensor {
    const tensor = this.#values.get(value);
    if (tensor === undefined) throw new InternalError(`%${value.hint ?? "?"} is used before it is computed`);
    return tensor;
  }

  #execute(operation: Operation): void {
    const operands = operation.operands.map((value) => this.#read(value));
    const results = this.#evaluate(operation, operands);
    operation.results.forEach((result, index) => {
      this.#values.set(result, results[index]);
    });
    if (this.#options.onOperation !== undefined && results.length > 0)
      this.#options.onOperation(operation, results.map(toLiteral), operands.map(toLiteral));
  }

  #evaluate(operation: Operation, operands: readonly Tensor[]): readonly Tensor[] {
    if (isElementwise(operation.opcode)) return [evaluateElementwise(operation, operands)];
    const evaluate = evaluators[operation.opcode as keyof Evaluators];
    return evaluate(operation as never, operands, this);
  }

  /** Iterates `while`. */
  loop({ regions: [cond, body] }: OperationOf<"while">, operands: readonly Tensor[]): readonly Tensor[] {
    let state = operands;
    while (this.run(cond, state)[0].data[0]) state = this.run(body, state);
    return state;
  }

  call({ attributes, location }: OperationOf<"call">, operands: readonly Tensor[]): readonly Tensor[] {
    const callee = findFunction(this.#module, attributes.callee);
    try {
      return new Frame(this.#module, this.#options).run(callee.body, operands);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const place = location ? ` at ${formatLocation(location)}` : "";
      throw new InterpreterError(`calls of @${attributes.callee}${place} nest too deeply`, { cause: error });
    }
  }

  /** Check targets judge, `Sharding` is the identity; nothing else is known. */
  customCall(operation: OperationOf<"custom_call">, operands: readonly Tensor[]): readonly Tensor[] {
    const target = operation.attributes.call_target_name;
    if (isCheckTarget(target)) {
      const result = runCheck(operation, operands);
      if (this.#options.onCheck !== undefined) this.#options.onCheck(result);
      else if (!result.passed) throw new CheckFailure(result);
      return [];
    }
    if (target === "Sharding") return operands;
    throw new InterpreterError(
      `custom_call @${target} has no implementation; known are check.expect_eq, check.expect_close, ` +
        "check.expect_almost_eq and Sharding",
    );
  }

  compile(region: Region): CompiledBody | undefined {
    const scalarOf = ({ type, data }: Tensor): Scalar => reader(type.dtype, data)(0);
    return compileBody(
      region,
      (value) => {
        const tensor = this.#values.get(value);
        return tensor !== undefined && tensor.type.shape.length === 0 ? scalarOf(tensor) : undefined;
      },
      (operation) => scalarOf(constantOf(operation as OperationOf<"constant">)),
    );
  }
}

const constants = new WeakMap<Literal, Tensor>();

/** The elements of a constant; written out once however often a loop comes by. */
function constantOf({ attributes: { value } }: OperationOf<"constant">): Tensor {
  const known = constants.get(value);
  if (known !== undefined) return known;
  const tensor = fromLiteral(value);
  constants.set(value, tensor);
  return tensor;
}

type Evaluator<K extends Opcode> = (
  operation: OperationOf<K>,
  operands: readonly Tensor[],
  frame: Frame,
) => readonly Tensor[];
type Evaluators = {
  readonly [K in Exclude<Opcode, ElementwiseOpcode>]: Evaluator<K>;
};

const evaluators: Evaluators = {
  constant: (op) => [constantOf(op)],
  iota: (op) => [shape.iota(op)],
  broadcast_in_dim: (op, [x]) => [shape.broadcastInDim(op, x)],
  reshape: (op, [x]) => [shape.reshape(op, x)],
  transpose: (op, [x]) => [shape.transpose(op, x)],
  slice: (op, [x]) => [shape.slice(op, x)],
  reverse: (op, [x]) => [shape.reverse(op, x)],
  pad: (op, [x, value]) => [shape.pad(op, x, value)],
  concatenate: (op, inputs) => [shape.concatenate(op, inputs)],
  dynamic_slice: (op, operands) => [shape.dynamicSlice(op, operands)],
  dynamic_update_slice: (_, operands) => [shape.dynamicUpdateSlice(operands)],
  bitcast_convert: (op, [x]) => [shape.bitcastConvert(op, x)],
  optimization_barrier: (_, operands) => operands,
  reduce: (op, operands, frame) => reduce(op, operands, frame),
  reduce_window: (op, operands, frame) => reduceWindow(op, operands, frame),
  gather: (op, operands) => [gather(op, operands)],
  scatter: (op, operands, frame) => scatter(op, operands, frame),
  sort: (op, operands, frame) => sort(op, operands, frame),
  "chlo.top_k": (op, [operand]) => topK(op, operand),
  dot_general: (op, [lhs, rhs]) => [dotGeneral(op, lhs, rhs)],
  while: (op, operands, frame) => frame.loop(op, operands),
  case: ({ regions }, [index], frame) => {
    const chosen = Number(index.data[0]);
    const inRange = chosen >= 0 && chosen < regions.length;
    return frame.run(regions[inRange ? chosen : regions.length - 1], []);
  },
  if: ({ regions }, [pred], frame) => frame.run(regions[pred.data[0] ? 0 : 1], []),
  call: (op, operands, frame) => frame.call(op, operands),
  custom_call: (op, operands, frame) => frame.customCall(op, operands),
  return: ({ opcode }) => {
    throw new InternalError(`${qualifiedName(opcode)} stands before the end of its block`);
  },
};
