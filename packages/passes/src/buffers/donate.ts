/**
 * Donation: a result may be written into the buffer of a donated parameter of the same size, if nothing reads the parameter
 * after the result's first write, and the command that writes it reads the parameter only at the element that it is
 * about to write.
 */

import { kernel as k } from "@fluxion/ir";
import { accessesIn } from "./accesses.ts";
import { touched } from "./arena.ts";

export function planDonations(program: k.Program, donated: readonly number[]): k.Program["donations"] {
  const free = new Set(donated.filter((index) => !program.results.includes(program.parameters[index])));
  const plan: { result: number; parameter: number }[] = [];
  program.results.forEach((id, result) => {
    const buffer = program.buffers[id];
    if (buffer.placement.kind !== "result" || buffer.placement.index !== result) return;
    const match = [...free].find((index) => {
      const parameter = program.buffers[program.parameters[index]];
      return (
        parameter.bytes === buffer.bytes &&
        parameter.dtype === buffer.dtype &&
        canShare(program, parameter.id, id)
      );
    });
    if (match === undefined) return;
    free.delete(match);
    plan.push({ result, parameter: match });
  });
  return plan;
}

function canShare(program: k.Program, parameter: number, result: number): boolean {
  const uses = program.commands.map((command) => touched(command));
  const firstWrite = uses.findIndex((ids) => ids.includes(result));
  const lastRead = uses.reduce((last, ids, i) => (ids.includes(parameter) ? i : last), -1);
  if (firstWrite < 0 || lastRead < firstWrite) return true;
  return lastRead === firstWrite && readsInStep(program, program.commands[firstWrite], parameter, result);
}

/** Whether a launch reads one buffer only at the index at which it writes the other. */
function readsInStep(program: k.Program, command: k.Command, parameter: number, result: number): boolean {
  if (command.kind !== "launch") return false;
  const kernel = program.kernels[command.kernel];
  if (kernel.kind !== "loops" || kernel.prologue.length > 0 || kernel.tiles.length > 0) return false;
  const refs = (id: number): k.BufferRef[] => kernel.buffers.filter((_, i) => command.buffers[i] === id);
  const { loads, stores, folds } = accessesIn(kernel.body);
  if (folds) return false;
  const writes = stores.filter(({ to }) => refs(result).some((ref) => ref === to)).map(({ index }) => index);
  const reads = loads
    .filter(({ from }) => refs(parameter).some((ref) => ref === from))
    .map(({ index }) => index);
  return writes.length === 1 && reads.every((index) => k.sameIndex(index, writes[0]));
}
