/**
 * The frame: a table of addresses (i32) that the caller of `main` fills in. Behind it the module keeps a table for each
 * launch, with the addresses of the kernel's buffers in its own order; `main` fills these in.
 */
import type { kernel as k } from "@fluxion/ir";

/** Byte offsets in the frame. Every field but the launch tables is the caller's to set. */
export interface FrameLayout {
  /** Bytes of the whole frame, which must be 4-byte aligned. */
  readonly bytes: number;
  /** Where the address of each parameter goes. */
  readonly parameters: readonly number[];
  /** Where the address of each result goes that has a buffer of its own; -1 for the others. */
  readonly results: readonly number[];
  /** Address of the arena (`arenaBytes`, 64-byte aligned). */
  readonly arena: number;
  /** Address of the constants' bytes, 64-byte aligned. */
  readonly constants: number;
  /** Address of the scratch memory (`scratchBytes(threads)`, 64-byte aligned). */
  readonly scratch: number;
}

/** A kernel with the program buffers that it is launched on. */
export interface Launch {
  readonly kernel: number;
  readonly buffers: readonly number[];
  /** Byte offset of its table in the frame. */
  readonly table: number;
}

export interface FramePlan {
  readonly layout: FrameLayout;
  /** Every different launch of the program once. */
  readonly launches: readonly Launch[];
  /** Byte offset of each constant buffer in the constants. */
  readonly constantOffsets: ReadonlyMap<number, number>;
  readonly constantBytes: number;
}

export function planFrame(program: k.Program): FramePlan {
  const own = new Set<number>();
  for (const { placement } of program.buffers) if (placement.kind === "result") own.add(placement.index);
  let next = 0;
  const slot = (): number => {
    next += 4;
    return next - 4;
  };
  const parameters = program.parameters.map(slot);
  const results = program.results.map((_, i) => (own.has(i) ? slot() : -1));
  const [arena, constants, scratch] = [slot(), slot(), slot()];
  const launches = distinctLaunches(program).map((launch) => {
    const table = next;
    // One slot more than buffers: the scratch memory.
    next += 4 * (launch.buffers.length + 1);
    return { ...launch, table };
  });
  const layout = { bytes: next, parameters, results, arena, constants, scratch };
  return { layout, launches, ...placeConstants(program) };
}

function distinctLaunches(program: k.Program): Omit<Launch, "table">[] {
  const found = new Map<string, Omit<Launch, "table">>();
  const visit = (commands: readonly k.Command[]): void => {
    for (const command of commands) {
      if (command.kind === "launch") found.set(launchKey(command), command);
      else if (command.kind === "while") {
        visit(command.condition);
        visit(command.body);
      } else if (command.kind === "case") command.branches.forEach(visit);
    }
  };
  visit(program.commands);
  return [...found.values()].map(({ kernel, buffers }) => ({ kernel, buffers }));
}

export const launchKey = ({ kernel, buffers }: Omit<Launch, "table">): string =>
  `${kernel}:${buffers.join()}`;

function placeConstants(program: k.Program): Pick<FramePlan, "constantOffsets" | "constantBytes"> {
  const constantOffsets = new Map<number, number>();
  let constantBytes = 0;
  for (const { id, bytes, placement } of program.buffers) {
    if (placement.kind !== "constant") continue;
    constantOffsets.set(id, constantBytes);
    constantBytes += Math.ceil(bytes / 64) * 64;
  }
  return { constantOffsets, constantBytes };
}
