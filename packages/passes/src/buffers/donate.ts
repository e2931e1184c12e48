/**
 * Donation: a result may be written into the buffer of a donated parameter of the same size, if nothing reads the parameter
 * after the result's first write, and the command that writes it reads the parameter only at the element that it is
 * about to write.
 */

import type { kernel as k } from "@fluxion/ir";
import { touched } from "./arena.ts";
import { readsInStep } from "./in-step.ts";

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
  const command = program.commands[firstWrite];
  if (lastRead !== firstWrite || command.kind !== "launch") return false;
  return readsInStep(program.kernels[command.kernel], command.buffers, parameter, result);
}
