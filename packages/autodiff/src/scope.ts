/** Where derived functions live, and the memory of what was derived. */

import { type Func, invariant } from "@fluxion/ir";

/** Functions of the module under construction. The tracer's `ModuleBuilder` is one. */
export interface FunctionScope {
  find(name: string): Func | undefined;
  /** Adds a function as private under a name of its own and returns that name. */
  add(func: Func): string;
  /** As `add`, for a function that is made when somebody looks for it. */
  addLazy(name: string, make: () => Func): string;
  /** As `addLazy`, for any number of functions: `member` names one, which is made by its masks. */
  addFamily(name: string, make: MakeMember): string;
}

export type MakeMember = (...masks: readonly (readonly boolean[])[]) => Func;

/** The name of a member of a family. */
export const member = (family: string, ...masks: readonly (readonly boolean[])[]): string =>
  [family, ...masks.map(maskKey)].join(".");

/** What the name of a member says; nothing for another name. */
export function readMember(
  name: string,
): { readonly family: string; readonly masks: readonly (readonly boolean[])[] } | undefined {
  const [family, ...keys] = name.split(".");
  if (keys.length === 0) return undefined;
  return { family, masks: keys.map((key) => [...key].map((on) => on === "1")) };
}

/** A scope over the functions of a finished module; what is added joins `functions` once it is made. */
export class ModuleScope implements FunctionScope {
  readonly functions: Func[];
  readonly #byName: Map<string, Func | (() => Func)>;
  readonly #families = new Map<string, MakeMember>();

  constructor(functions: readonly Func[]) {
    this.functions = [...functions];
    this.#byName = new Map(functions.map((func) => [func.name, func]));
  }

  find(name: string): Func | undefined {
    const found = this.#byName.get(name) ?? this.#member(name);
    return typeof found === "function" ? this.#made(name, found()) : found;
  }

  #member(name: string): (() => Func) | undefined {
    const read = readMember(name);
    const make = read && this.#families.get(read.family);
    return make && (() => make(...read.masks));
  }

  add(func: Func): string {
    const name = this.#freeName(func.name);
    this.#made(name, func);
    return name;
  }

  addLazy(wanted: string, make: () => Func): string {
    const name = this.#freeName(wanted);
    this.#byName.set(name, make);
    return name;
  }

  addFamily(wanted: string, make: MakeMember): string {
    const name = this.#freeName(wanted);
    this.#families.set(name, make);
    return name;
  }

  #made(name: string, func: Func): Func {
    const added: Func = { ...func, name, visibility: "private" };
    this.functions.push(added);
    this.#byName.set(name, added);
    return added;
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let i = 0; this.#byName.has(name) || this.#families.has(name); i++) name = `${wanted}_${i}`;
    return name;
  }
}

export function calledFunction(scope: FunctionScope, name: string): Func {
  const func = scope.find(name);
  invariant(func !== undefined, `the module has no function @${name}`);
  return func;
}

const memories = new WeakMap<FunctionScope, Map<string, unknown>>();

/** What `derive` gave for this key in this scope: a function called n times is differentiated once. */
export function memoised<T>(scope: FunctionScope, key: string, derive: () => T): T {
  let memory = memories.get(scope);
  if (memory === undefined) {
    memory = new Map();
    memories.set(scope, memory);
  }
  if (!memory.has(key)) memory.set(key, derive());
  return memory.get(key) as T;
}

/** `1` for each true entry and `0` for each false one. */
export const maskKey = (mask: readonly boolean[]): string => mask.map((on) => (on ? "1" : "0")).join("");
