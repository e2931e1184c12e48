/**
 * Control flow as commands. Carried values of a loop live in buffers of their own. The body writes the next ones over them
 * where it can (`carries.ts`), else beside them, to be copied when all are known.
 */

import {
  countedLoop,
  type kernel as k,
  type Operation,
  type OperationOf,
  returned,
  type Value,
} from "@fluxion/ir";
import { serialLoop } from "../serial/serial-loop.ts";
import { isFilled } from "./filled-stacks.ts";
import type { Lowering } from "./function.ts";

type ControlOp = OperationOf<"while"> | OperationOf<"case"> | OperationOf<"if">;

export function lowerControl(lowering: Lowering, op: ControlOp): void {
  if (op.opcode === "while") lowerWhile(lowering, op);
  else lowerBranches(lowering, op);
}

function lowerWhile(lowering: Lowering, op: OperationOf<"while">): void {
  const [condition, body] = op.regions;
  const carries = op.results.map((result) => lowering.ensureBuffer(result));
  for (const { operations } of op.regions) lowering.define(operations);
  const counted = countedLoop(op, lowering.definitions);
  op.operands.forEach((operand, i) => {
    if (!isFilled(op, i, counted, lowering.definitions)) lowering.initialise(carries[i], operand);
  });
  for (const region of [condition, body]) {
    region.arguments.forEach((argument, i) => {
      lowering.buffers.set(argument, carries[i]);
    });
  }
  const [test] = returned(condition);
  const before = lowering.nested(condition, [test]);
  const predicate = lowering.materialised(test);
  const next = returned(body);
  const commands = lowering.nested(
    body,
    next.filter((value) => !isCarry(value, body.arguments)),
    { arguments: body.arguments, next },
  );
  commands.push(...lowering.collect(() => moveAll(lowering, next, carries)));
  const loop: k.Command = {
    kind: "while",
    condition: before,
    predicate,
    body: commands,
    ...(counted === undefined ? {} : { tripCount: counted.trips }),
  };
  const serial = lowering.target.longTasks ? serialLoop(lowering.program, loop) : undefined;
  lowering.commands.push(serial ?? loop);
}

const isCarry = (value: Value, carries: readonly Value[]): boolean => carries.includes(value);

/** Copies the next values over the carried ones; those that another copy would overwrite first go aside before. */
function moveAll(lowering: Lowering, values: readonly Value[], targets: readonly number[]): void {
  const sources = values.map((value) => lowering.materialised(value));
  const aside = sources.map((source, i) => {
    const overwritten =
      source !== targets[i] &&
      targets.some((target, j) => target === source && j < i && sources[j] !== target);
    if (!overwritten) return source;
    const { dtype, shape } = lowering.program.buffers[source];
    const id = lowering.program.temporary("aside", dtype, shape);
    lowering.copy(source, id);
    return id;
  });
  aside.forEach((source, i) => {
    lowering.copy(source, targets[i]);
  });
}

function lowerBranches(lowering: Lowering, op: OperationOf<"case"> | OperationOf<"if">): void {
  const results = op.results.map((result) => lowering.ensureBuffer(result));
  const index = lowering.materialised(op.operands[0]);
  const branches = op.regions.map((region): k.Command[] => {
    const values = returned(region);
    const own = new Set(region.operations.flatMap((inner: Operation) => inner.results));
    const commands = lowering.nested(
      region,
      values.filter((value) => own.has(value)),
    );
    commands.push(
      ...lowering.collect(() =>
        values.forEach((value, i) => {
          lowering.copy(lowering.materialised(value), results[i]);
        }),
      ),
    );
    return commands;
  });
  // `if` picks its first region when the bool is 1, and a bool is one byte: 0 is the second.
  const ordered = op.opcode === "if" ? [branches[1], branches[0]] : branches;
  lowering.commands.push({ kind: "case", index, branches: ordered });
}
