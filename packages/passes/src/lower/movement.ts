/** Ops that write parts of their result one after another: concatenate and dynamic_update_slice. */

import { kernel as k, type OperationOf, sizeOf, type Value } from "@fluxion/ir";
import type { Group } from "../fusion/group.ts";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import type { Lowering } from "./function.ts";
import { accessesOf, mergedSpace, plainSpace } from "./iteration.ts";
import { nestOver, storeCellAt } from "./loop-kernel.ts";
import { Scope } from "./scope.ts";

type MovementOp = OperationOf<"concatenate"> | OperationOf<"dynamic_update_slice">;

export function lowerMovement(lowering: Lowering, op: MovementOp, group: Group): void {
  if (sizeOf(op.results[0].type.shape) === 0) return;
  if (op.opcode === "concatenate") concatenate(lowering, op, group);
  else updateSlice(lowering, op, group);
}

/** One kernel for each input. */
function concatenate(lowering: Lowering, op: OperationOf<"concatenate">, group: Group): void {
  const [result] = op.results;
  let offset = 0;
  for (const input of op.operands) {
    const at = offset;
    offset += input.type.shape[op.attributes.dimension];
    if (sizeOf(input.type.shape) === 0) continue;
    storePart(
      lowering,
      group,
      input,
      result,
      () => (indices) =>
        indices.map((index, axis) =>
          axis === op.attributes.dimension ? k.indexAdd(index, k.indexConst(at)) : index,
        ),
    );
  }
}

/** Copies the operand, unless the result lies in its buffer, and writes the update over it. */
function updateSlice(lowering: Lowering, op: OperationOf<"dynamic_update_slice">, group: Group): void {
  const [operand, update] = op.operands;
  const [result] = op.results;
  const buffer = lowering.buffers.get(operand);
  const inPlace = buffer !== undefined && buffer === lowering.buffers.get(result);
  if (!inPlace) storePart(lowering, group, operand, result);
  if (sizeOf(update.type.shape) === 0) return;
  const launch = lowering.collect(() => writeSlice(lowering, op, group));
  if (!inPlace || launch.every((command) => lowering.isInStep(command, buffer))) {
    lowering.commands.push(...launch);
    return;
  }
  // The update reads other elements of the operand than it writes: from a copy.
  const { dtype, shape } = operand.type;
  const old = lowering.program.temporary("old", dtype, shape);
  lowering.copy(buffer, old);
  lowering.buffers.set(operand, old);
  writeSlice(lowering, op, group);
  lowering.buffers.set(operand, buffer);
}

function writeSlice(lowering: Lowering, op: OperationOf<"dynamic_update_slice">, group: Group): void {
  const [operand, update, ...starts] = op.operands;
  storePart(
    lowering,
    group,
    update,
    op.results[0],
    (emitter, scope) => (indices) =>
      indices.map((index, axis) => {
        const room = operand.type.shape[axis] - update.type.shape[axis];
        return k.indexAdd(index, emitter.startIndex(starts[axis], room, scope));
      }),
  );
}

type Placement = (
  emitter: ElementEmitter,
  scope: Scope,
) => (indices: readonly k.Index[]) => readonly k.Index[];

/** A kernel that computes `source` and stores each element where `place` puts it in `result`. */
export function storePart(
  lowering: Lowering,
  group: Group,
  source: Value,
  result: Value,
  place: Placement = () => (indices) => [...indices],
): void {
  lowering.launch(group, [result], (context: EmitContext, [output]) => {
    const { shape } = source.type;
    const probe = plainSpace(shape);
    const emit = (indices: readonly k.Index[], scope: Scope): void => {
      const emitter = new ElementEmitter(context);
      const cell = emitter.at(source, indices, scope);
      storeCellAt(cell, output, place(emitter, scope)(indices), scope);
    };
    const scope = new Scope(
      undefined,
      probe.loops.map(({ var: variable }) => variable),
    );
    emit(probe.indices, scope);
    return nestOver(mergedSpace(shape, probe, accessesOf(scope.body)), lowering.target, emit);
  });
}
