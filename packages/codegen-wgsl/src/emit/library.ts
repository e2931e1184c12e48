/**
 * The functions that a shader calls. A template is WGSL in which `{F}`, `{I}`, `{U}`, `{B}` stand for the float, integer
 * and bool types of one or four lanes and `{n}` for the suffix of the name; one without `{n}` is for scalars and is
 * applied lane by lane. Only what is used, directly or by another function, is written into the shader.
 */

import { InternalError } from "@fluxion/ir";
import { templates } from "../math/table.ts";
import { components, type Lanes } from "./text.ts";

const suffix = "_v4";

/** The name of a template's function for so many lanes. */
export const functionName = (name: string, lanes: Lanes): string => (lanes === 1 ? name : `${name}${suffix}`);

export class Library {
  readonly #needed = new Map<string, string>();

  /** A call of a library function on arguments of so many lanes. */
  call(name: string, lanes: Lanes, ...args: readonly string[]): string {
    const full = functionName(name, lanes);
    this.#require(full);
    return `${full}(${args.join(", ")})`;
  }

  /** Adds whatever library functions a piece of code names. */
  scan(code: string): void {
    for (const [name] of code.matchAll(/\bfx_\w+/g)) this.#require(name);
  }

  /** The functions in an order that any reader can follow: used ones before their users. */
  text(): string[] {
    return [...this.#needed.values()];
  }

  #require(full: string): void {
    if (this.#needed.has(full)) return;
    const code = codeOf(full);
    for (const [name] of code.matchAll(/\bfx_\w+/g)) if (name !== full) this.#require(name);
    this.#needed.set(full, code);
  }
}

function codeOf(full: string): string {
  const lanes: Lanes = full.endsWith(suffix) ? 4 : 1;
  const name = lanes === 4 ? full.slice(0, -suffix.length) : full;
  const template = templates[name];
  if (template === undefined) throw new InternalError(`the WGSL library has no function ${name}`);
  if (template.includes("{n}")) return expand(template, lanes);
  return lanes === 1 ? template.trim() : lifted(name, template);
}

function expand(template: string, lanes: Lanes): string {
  const type = (scalar: string): string => (lanes === 1 ? scalar : `vec4<${scalar}>`);
  return template
    .trim()
    .replaceAll("{n}", lanes === 1 ? "" : suffix)
    .replaceAll("{F}", type("f32"))
    .replaceAll("{I}", type("i32"))
    .replaceAll("{U}", type("u32"))
    .replaceAll("{B}", type("bool"));
}

/** A scalar function on each lane. */
function lifted(name: string, template: string): string {
  const signature = /fn \w+\(([^)]*)\) -> (\w+)/.exec(template);
  if (signature === null) throw new InternalError(`${name} is no function of scalars`);
  const [, list, result] = signature;
  const parameters = list.split(",").map((parameter) => parameter.trim().split(": "));
  const declared = parameters.map(([p, type]) => `${p}: vec4<${type}>`).join(", ");
  const calls = components.map((c) => `${name}(${parameters.map(([p]) => `${p}.${c}`).join(", ")})`);
  return `fn ${name}${suffix}(${declared}) -> vec4<${result}> {\n  return vec4<${result}>(${calls.join(", ")});\n}`;
}
