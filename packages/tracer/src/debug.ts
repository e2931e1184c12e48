/** `debug`: what happens inside. */

import type { Device, DeviceMemory } from "@fluxion/runtime";
import { str } from "./array/text.ts";
import { asArrayOrKey } from "./core/as-array.ts";
import { config } from "./core/config.ts";
import { defaultDevice } from "./core/devices.ts";
import { addEffect } from "./core/effects.ts";
import { fillMessage, type MessagePart, parseMessage } from "./core/format-message.ts";
import type { NDArray } from "./core/ndarray.ts";
import { treeFlatten, treeUnflatten } from "./core/tree.ts";
import { isOptions } from "./numpy/options.ts";

/**
 * Memory that arrays take on a device, in bytes: live now, most at a time, and the number of live arrays.
 * @throws Error if the device keeps no count.
 */
export function memory(device: Device = defaultDevice()): DeviceMemory {
  const found = device.memory?.();
  if (found === undefined) throw new Error(`debug.memory: ${device} does not count its memory`);
  return found;
}

/** Fields of a message: by position, then by name in one last object. */
function readFields(args: readonly unknown[]): Map<string | number, unknown> {
  const last = args.at(-1);
  const named = isOptions(last) ? Object.entries(last) : [];
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  return new Map<string | number, unknown>([...positional.entries(), ...named]);
}

/** Each field once, and every value in use. @throws TypeError where they do not match. */
function checkFields(parts: readonly MessagePart[], values: ReadonlyMap<string | number, unknown>): void {
  const used = new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.field])));
  for (const name of values.keys()) {
    if (!used.has(name))
      throw new TypeError(`debug.print: the value ${name} has no field {${name}} in the message`);
  }
  fillMessage(parts, (field) => (values.has(field) ? "" : undefined));
}

/**
 * Prints a message with the values of arrays, also of traced ones: `debug.print("loss {} of {name}", loss, { name })`.
 * In a jitted function it is printed at every call, in order, when the program is done.
 *
 * @throws NotImplementedError inside of a loop body, a branch or another transformation than jit; TypeError if fields and
 * values do not match.
 */
export function print(message: string, ...args: readonly unknown[]): void {
  const parts = parseMessage(message);
  const fields = readFields(args);
  checkFields(parts, fields);
  const arrays = [...fields].filter(([, value]) => typeof value !== "string");
  addEffect("debug.print", {
    values: arrays.map(([name, value], i) => asArrayOrKey(value, `debug.print, field {${name}},`, i)),
    run: printer(
      parts,
      arrays.map(([name]) => name),
      new Map(
        [...fields].filter((entry): entry is [string | number, string] => typeof entry[1] === "string"),
      ),
    ),
  });
}

/** Prints given values. It is kept with the program, and so it must not hold the traced arrays. */
const printer =
  (
    parts: readonly MessagePart[],
    names: readonly (string | number)[],
    texts: ReadonlyMap<string | number, string>,
  ) =>
  (values: readonly NDArray[]): void => {
    const all = new Map([...texts, ...names.map((name, i) => [name, str(values[i])] as const)]);
    console.log(fillMessage(parts, (field) => all.get(field)));
  };

/**
 * Calls `fn` with the values of pytrees of arrays, also of traced ones. What it returns is dropped. In a jitted function it
 * is called at every call, in order, when the program is done.
 *
 * @throws NotImplementedError inside of a loop body, a branch or another transformation than jit.
 */
export function callback<A extends readonly unknown[]>(fn: (...args: A) => void, ...args: A): void {
  const [leaves, treedef] = treeFlatten(args);
  addEffect("debug.callback", {
    values: leaves.map((leaf, i) => asArrayOrKey(leaf, "debug.callback", i)),
    run: (values: readonly NDArray[]) => fn(...(treeUnflatten(treedef, values) as unknown as A)),
  });
}

/**
 * Runs `fn` with `config.checkTracerLeaks`: a traced array that outlives its trace is an error that names its line.
 * @throws UnexpectedTracerError if there is one; NotImplementedError in engines that cannot tell.
 */
export const checkTracerLeaks = <T>(fn: () => T): T => config.with({ checkTracerLeaks: true }, fn);
