/** Drops the kernels that have become parts of others. */

import type { kernel as k } from "@fluxion/ir";

/** The kernels that commands launch, in their order, and the commands with the new numbers. */
export function launchedKernels(
  kernels: readonly k.Kernel[],
  commands: readonly k.Command[],
): Pick<k.Program, "kernels" | "commands"> {
  const used = new Set<number>();
  const collect = (command: k.Command): void => {
    if (command.kind === "launch") used.add(command.kernel);
    else if (command.kind === "while") [...command.condition, ...command.body].forEach(collect);
    else if (command.kind === "case") command.branches.flat().forEach(collect);
  };
  commands.forEach(collect);
  const numbers = new Map([...used].sort((a, b) => a - b).map((old, i) => [old, i]));
  const renumber = (command: k.Command): k.Command => {
    if (command.kind === "launch") return { ...command, kernel: numbers.get(command.kernel) ?? 0 };
    if (command.kind === "while") {
      const { condition, body } = command;
      return { ...command, condition: condition.map(renumber), body: body.map(renumber) };
    }
    if (command.kind !== "case") return command;
    return { ...command, branches: command.branches.map((branch) => branch.map(renumber)) };
  };
  return { kernels: kernels.filter((_, i) => used.has(i)), commands: commands.map(renumber) };
}
