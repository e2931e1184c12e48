/** A shader under construction: its bindings, its workgroup memory, and the text of the whole. */

import { formatLocation, kernel as k } from "@fluxion/ir";
import { Library } from "./library.ts";
import { Slot, type Usage } from "./slots.ts";
import { Names, Writer } from "./text.ts";

/** A launch: a kernel and the program buffer of each of its references. */
export interface Launch {
  readonly kernel: k.Kernel;
  readonly buffers: readonly number[];
  /** Whether shaders may have `f16`. */
  readonly float16: boolean;
}

export class ShaderText {
  readonly names = new Names();
  readonly library = new Library();
  readonly writer = new Writer();
  readonly slots = new Map<k.BufferRef, Slot>();
  readonly tiles = new Map<k.Tile, Slot>();
  /** Program buffer of each binding. */
  readonly bound: { readonly id: number; readonly slot: Slot }[] = [];
  readonly #plans: readonly Usage[] | undefined;
  readonly #workgroup: string[] = [];
  readonly #builtins = new Map<string, string>();
  readonly #extensions = new Set<string>();

  /** `plans`: what an earlier writing of the same shader found of each buffer. */
  constructor({ kernel, buffers, float16 }: Launch, plans?: readonly Usage[]) {
    this.#plans = plans;
    const used = referenced(kernel);
    kernel.buffers.forEach((ref, i) => {
      if (!used.has(ref)) return;
      const known = this.bound.find(({ id }) => id === buffers[i]);
      if (known !== undefined) {
        this.slots.set(ref, known.slot);
        return;
      }
      const id = buffers[i];
      const writable = kernel.buffers.some((other, j) => buffers[j] === id && other.access !== "read");
      const slot = new Slot(
        this.names.fresh(ref.name),
        ref.dtype,
        ref.elements,
        writable ? "read_write" : "read",
        { plan: plans?.[this.bound.length], float16 },
      );
      this.slots.set(ref, slot);
      this.bound.push({ id, slot });
    });
  }

  /** Of the buffers, then of the tiles. */
  get usages(): Usage[] {
    return [...this.bound.map(({ slot }) => slot), ...this.tiles.values()].map(({ usage }) => usage);
  }

  /** A variable that the invocations of a workgroup share. */
  workgroup(wanted: string, type: string): string {
    const name = this.names.fresh(wanted);
    this.#workgroup.push(`var<workgroup> ${name}: ${type};`);
    return name;
  }

  /** Declares a tile, in the function's body if it is one invocation's own. */
  tile(tile: k.Tile, space: "workgroup" | "function"): void {
    const { name, dtype, elements } = tile;
    const plan = this.#plans?.[this.bound.length + this.tiles.size];
    const slot = new Slot(this.names.fresh(name), dtype, elements, space, { plan });
    if (space === "function") this.writer.line(slot.declaration());
    else this.#workgroup.push(slot.declaration());
    this.tiles.set(tile, slot);
  }

  /** A built-in input of the entry point, such as `workgroup_id`. */
  builtin(name: string, type: string, builtin: string): string {
    this.#builtins.set(name, `@builtin(${builtin}) ${name}: ${type}`);
    return name;
  }

  /** Says that the shader needs an extension of the language. */
  enable(extension: string): void {
    this.#extensions.add(extension);
  }

  text(header: readonly string[], size: readonly number[]): string {
    const bindings = this.bound.map(({ slot }, i) => `@group(0) @binding(${i}) ${slot.declaration()}`);
    const functions = this.library.text();
    if (this.bound.some(({ slot }) => slot.isHalf)) this.enable("f16");
    return [
      ...header.map((line) => (line === "" ? "//" : `// ${line}`)),
      ...[...this.#extensions].map((extension) => `enable ${extension};`),
      "",
      ...bindings,
      ...(this.#workgroup.length > 0 ? ["", ...this.#workgroup] : []),
      ...functions.flatMap((code) => ["", code]),
      "",
      `@compute @workgroup_size(${size.join(", ")})`,
      `fn main(${[...this.#builtins.values()].join(", ")}) {`,
      ...this.writer.lines,
      "}",
      "",
    ].join("\n");
  }
}

/** What a shader is, for dumps: its bindings, grid, and the ops that it was made from. */
export function headerOf(
  kernel: k.Kernel,
  bound: readonly { readonly id: number; readonly slot: Slot }[],
  grid: string,
): string[] {
  const ops = kernel.origin.map(({ opcode, location }) =>
    location === undefined ? `  ${opcode}` : `  ${opcode} at ${formatLocation(location)}`,
  );
  return [
    `${kernel.name}: ${grid}`,
    ...bound.map(
      ({ id, slot }, i) =>
        `  binding ${i}: ${slot.name}, buffer ${id}, ${slot.elements} × ${slot.dtype}, ${slot.writable ? "written" : "read"}`,
    ),
    ...(ops.length > 0 ? ["fused:", ...ops] : []),
  ];
}

/** The buffers that a kernel's code names. */
function referenced(kernel: k.Kernel): Set<k.BufferRef | k.Tile> {
  const found = new Set<k.BufferRef | k.Tile>();
  const ofIndex = (index: k.Index): void => {
    for (const { atom } of index.terms) {
      if (atom.kind === "value") ofExpr(atom.value);
      else if (atom.kind !== "var") ofIndex(atom.value);
    }
  };
  const ofExpr = (expr: k.Expr): void => {
    if (expr.kind === "load") found.add(expr.from);
    k.indicesOf(expr).forEach(ofIndex);
    k.childrenOf(expr).forEach(ofExpr);
  };
  const ofBody = (body: readonly k.Stmt[]): void => {
    for (const stmt of body) {
      k.expressionsOf(stmt).forEach(ofExpr);
      if (stmt.kind === "store") {
        found.add(stmt.to);
        ofIndex(stmt.index);
      }
      if (stmt.kind === "reduce") stmt.combine.results.forEach(ofExpr);
      k.bodiesOf(stmt).forEach(ofBody);
    }
  };
  if (kernel.kind === "loops") {
    ofBody(kernel.prologue);
    ofBody(kernel.body);
  } else {
    ofExpr(kernel.lhs);
    ofExpr(kernel.rhs);
    ofBody(kernel.epilogue);
  }
  return found;
}
