/**
 * Places temporaries in one arena: two of them may share bytes if their lives do not overlap. A buffer lives from the first
 * command that touches it to the last; one touched inside a loop lives as long as the loop.
 */

import type { kernel as k } from "@fluxion/ir";

const alignment = 64;
const align = (bytes: number): number => Math.ceil(Math.max(bytes, 1) / alignment) * alignment;

/** A life with its bytes. */
interface Placed {
  readonly first: number;
  readonly last: number;
  readonly offset: number;
  readonly end: number;
}

/** The first of those placed that starts beyond an offset. */
function firstBeyond(placed: readonly Placed[], offset: number): number {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle].offset > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Life {
  readonly id: number;
  first: number;
  last: number;
}

type Buffer = { -readonly [P in keyof k.ProgramBuffer]: k.ProgramBuffer[P] };

/** Writes the offsets into the placements and returns the size of the arena. */
export function assignArena(buffers: readonly Buffer[], commands: readonly k.Command[]): number {
  const lives = livesOf(buffers, commands);
  for (const buffer of buffers) {
    // Buffers without elements are never touched.
    if (buffer.placement.kind === "arena") buffer.placement = { kind: "arena", offset: 0 };
  }
  /** In the order of their offsets. */
  const placed: Placed[] = [];
  let size = 0;
  const bySize = [...lives].sort((a, b) => buffers[b.id].bytes - buffers[a.id].bytes || a.first - b.first);
  for (const life of bySize) {
    const bytes = align(buffers[life.id].bytes);
    let offset = 0;
    for (const other of placed) {
      if (other.first > life.last || life.first > other.last) continue;
      if (offset + bytes <= other.offset) break;
      if (other.end > offset) offset = other.end;
    }
    buffers[life.id].placement = { kind: "arena", offset };
    const { first, last } = life;
    placed.splice(firstBeyond(placed, offset), 0, { first, last, offset, end: offset + bytes });
    size = Math.max(size, offset + bytes);
  }
  return size;
}

function livesOf(buffers: readonly Buffer[], commands: readonly k.Command[]): Life[] {
  const lives = new Map<number, Life>();
  commands.forEach((command, time) => {
    for (const id of touched(command)) {
      if (buffers[id].placement.kind !== "arena") continue;
      const life = lives.get(id) ?? { id, first: time, last: time };
      life.last = time;
      lives.set(id, life);
    }
  });
  return [...lives.values()];
}

/** Buffers that a command reads or writes, nested commands included. */
export function touched(command: k.Command): number[] {
  switch (command.kind) {
    case "launch":
      return [...command.buffers];
    case "copy":
      return [command.from, command.to];
    case "while":
      return [command.predicate, ...command.condition.flatMap(touched), ...command.body.flatMap(touched)];
    case "case":
      return [command.index, ...command.branches.flatMap((branch) => branch.flatMap(touched))];
  }
}
