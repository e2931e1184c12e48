/** Programs by their structure, for functions that are traced anew at every call: an equal one is compiled once. */

import type { Func } from "@fluxion/ir";
import { config } from "../core/config.ts";
import { alsoClear } from "../core/dispatch.ts";
import { RecentMap } from "../core/recent-map.ts";
import type { ModuleBuilder } from "../core/trace.ts";
import { Program } from "./program.ts";
import { structureOf } from "./structure.ts";

const programs = new RecentMap<Program>(1024);
alsoClear(() => programs.clear());

/** A program that computes what the function computes; its rules for transformations may be others. */
export function programLike(func: Func, module: ModuleBuilder, label: string): Program {
  const structure = `${config.traceKey}|${structureOf(func, module, false)}`;
  const known = programs.get(structure);
  if (known !== undefined) return known;
  const program = new Program(func, module, label);
  programs.set(structure, program);
  return program;
}
