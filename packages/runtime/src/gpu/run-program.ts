/**
 * Records the commands of a program. Loops whose number of steps is known, and everything without loops and branches, become
 * dispatches one after another. Where a loop's condition or a branch depends on what was computed, what was recorded is
 * submitted and the few bytes that decide are read back: the GPU then waits for JavaScript once for each step.
 */

import type { GpuCommand } from "@fluxion/codegen-wgsl";
import type { Call } from "./call.ts";
import type { Resource } from "./memory.ts";
import { readNow } from "./readback.ts";

/** Records all commands; a promise if the program reads something back on its way. */
export function recordProgram(call: Call): Promise<void> | undefined {
  const { commands } = call.prepared.compiled;
  if (commands.every(isStatic)) {
    recordStatic(call, commands);
    return undefined;
  }
  return recordDynamic(call, commands);
}

/** Whether the course of a command depends on no element. */
function isStatic(command: GpuCommand): boolean {
  switch (command.kind) {
    case "dispatch":
    case "copy":
      return true;
    case "while":
      return command.tripCount !== undefined && command.body.every(isStatic);
    case "case":
      return false;
  }
}

function recordStatic(call: Call, commands: readonly GpuCommand[]): void {
  for (const command of commands) {
    if (command.kind === "while")
      for (let step = 0; step < (command.tripCount ?? 0); step++) recordStatic(call, command.body);
    else if (command.kind === "dispatch") recordDispatch(call, command);
    else if (command.kind === "copy") {
      const { resources, prepared, recorder } = call;
      const { bytes } = prepared.compiled.buffers[command.from];
      recorder.copy(resources[command.from], resources[command.to], bytes);
    }
  }
}

function recordDispatch(call: Call, command: Extract<GpuCommand, { kind: "dispatch" }>): void {
  const { prepared, resources, recorder } = call;
  const shader = prepared.compiled.shaders[command.shader];
  const pipeline = prepared.pipelines[command.shader];
  const group = prepared.groups.get(command, shader, pipeline.layout, resources);
  recorder.dispatch(pipeline, group, shader);
}

async function recordDynamic(call: Call, commands: readonly GpuCommand[]): Promise<void> {
  for (const command of commands) {
    if (isStatic(command)) recordStatic(call, [command]);
    else if (command.kind === "case") await recordCase(call, command);
    else if (command.kind === "while") await recordWhile(call, command);
  }
}

async function recordWhile(call: Call, command: Extract<GpuCommand, { kind: "while" }>): Promise<void> {
  const { tripCount, condition, body, predicate } = command;
  for (let step = 0; step < (tripCount ?? Number.POSITIVE_INFINITY); step++) {
    if (tripCount === undefined) {
      await recordDynamic(call, condition);
      if ((await submitAndRead(call, call.resources[predicate]))[0] === 0) return;
    }
    await recordDynamic(call, body);
  }
}

async function recordCase(
  call: Call,
  { index, branches }: Extract<GpuCommand, { kind: "case" }>,
): Promise<void> {
  const bytes = await submitAndRead(call, call.resources[index]);
  const isBool = call.prepared.compiled.buffers[index].dtype === "bool";
  const chosen = isBool ? bytes[0] : new DataView(bytes.buffer).getInt32(0, true);
  const inRange = chosen >= 0 && chosen < branches.length;
  await recordDynamic(call, branches[inRange ? chosen : branches.length - 1]);
}

async function submitAndRead(call: Call, resource: Resource): Promise<Uint8Array> {
  call.recorder.submit();
  return readNow(call.prepared.session, resource);
}
