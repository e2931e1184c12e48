/**
 * Which temporaries of a program may share a buffer: two whose lives do not overlap. A temporary lives from the first command
 * that touches it to the last; one touched inside a loop or a branch lives as long as that.
 */

import type { CompiledWgsl, GpuCommand } from "@fluxion/codegen-wgsl";
import { sizeClass } from "./size-class.ts";

export interface TemporaryPlan {
  /** Bytes of each shared buffer. */
  readonly slots: readonly number[];
  /** Program buffer → slot. */
  readonly slotOf: ReadonlyMap<number, number>;
}

export function planTemporaries({ buffers, commands }: CompiledWgsl): TemporaryPlan {
  const last = new Map<number, number>();
  commands.forEach((command, time) => {
    for (const id of touched(command)) last.set(id, time);
  });
  const slots: number[] = [];
  const slotOf = new Map<number, number>();
  let free: number[] = [];
  commands.forEach((command, time) => {
    const ids = new Set(touched(command));
    const mine = [...ids].filter((id) => buffers[id].placement.kind === "temporary");
    for (const id of mine) {
      if (slotOf.has(id)) continue;
      const size = sizeClass(buffers[id].bytes);
      const slot = free.find((candidate) => slots[candidate] === size) ?? slots.push(size) - 1;
      free = free.filter((candidate) => candidate !== slot);
      slotOf.set(id, slot);
    }
    for (const id of mine) if (last.get(id) === time) free.push(slotOf.get(id) ?? 0);
  });
  return { slots, slotOf };
}

/** Buffers that a command reads or writes, nested commands included. */
function touched(command: GpuCommand): number[] {
  switch (command.kind) {
    case "dispatch":
      return [...command.buffers];
    case "copy":
      return [command.from, command.to];
    case "while":
      return [command.predicate, ...command.condition.flatMap(touched), ...command.body.flatMap(touched)];
    case "case":
      return [command.index, ...command.branches.flatMap((branch) => branch.flatMap(touched))];
  }
}
