/**
 * Lowers the main function of a module to a program: fusion says which operations are one kernel, and each kind of group
 * has its own shape of loops. Values inside a group exist only as scalars.
 */

import {
  allocateStorage,
  type Block,
  isComplex,
  type kernel as k,
  type Literal,
  type Module,
  mainFunction,
  type Operation,
  returned,
  sizeOf,
  type TypedArray,
  type Value,
} from "@fluxion/ir";
import { assignArena } from "../buffers/arena.ts";
import { planDonations } from "../buffers/donate.ts";
import { readsInStep } from "../buffers/in-step.ts";
import type { Group } from "../fusion/group.ts";
import { type Fusion, fuse } from "../fusion/groups.ts";
import { launchedKernels } from "../serial/launched.ts";
import { type Carries, placeValues } from "./carries.ts";
import { columnsNest, keepsColumns } from "./columns-kernel.ts";
import { complexProduct } from "./complex-dot.ts";
import { lowerControl } from "./control.ts";
import type { EmitContext } from "./emit-at.ts";
import { gemmKernel } from "./gemm-kernel.ts";
import { elementwiseNest, type GroupOutput } from "./loop-kernel.ts";
import { lowerMovement } from "./movement.ts";
import { type BufferMap, KernelBindings, ProgramBuilder } from "./program.ts";
import { reduceNest } from "./reduce-kernel.ts";
import { rowsNest } from "./rows-kernel.ts";
import { lowerScatter } from "./scatter.ts";
import { lowerSort } from "./sort.ts";
import type { TargetInfo } from "./target.ts";
import { windowNest } from "./window-kernel.ts";

type Nest = Pick<k.LoopKernel, "grid" | "prologue" | "body"> & { readonly tiles?: readonly k.Tile[] };

/** Arrays of equal elements that are at least this long are filled by a kernel; shorter ones are constants in memory. */
const fillElements = 1024;

/** Lowers one block after another into a program. */
export class Lowering {
  readonly program = new ProgramBuilder();
  readonly buffers: BufferMap = new Map();
  readonly definitions = new Map<Value, Operation>();
  /** For the buffer of a value the one that should take it in its place, if the kernel that writes it allows. */
  readonly overwrites = new Map<number, { readonly value: Value; readonly target: number }>();
  readonly target: TargetInfo;
  /** Called with the groups of each block, for the dump of the fused IR. */
  readonly onFusion: ((block: Block, fusion: Fusion) => void) | undefined;
  commands: k.Command[] = [];

  constructor(target: TargetInfo, onFusion?: (block: Block, fusion: Fusion) => void) {
    this.target = target;
    this.onFusion = onFusion;
  }

  /** Lowers a block; afterwards each of `wanted` has a buffer. `carries` are set if it is the body of a loop. */
  block(block: Block, wanted: readonly Value[], carries?: Carries): void {
    this.define(block.operations);
    const fusion = fuse(block, new Set(wanted), this.target);
    this.onFusion?.(block, fusion);
    for (const group of placeValues(this, fusion, wanted, carries)) this.#group(group);
  }

  /** Makes known what defines the results of operations. */
  define(operations: readonly Operation[]): void {
    for (const op of operations) for (const result of op.results) this.definitions.set(result, op);
  }

  /** Commands that a nested block becomes. */
  nested(block: Block, wanted: readonly Value[], carries?: Carries): k.Command[] {
    return this.collect(() => this.block(block, wanted, carries));
  }

  /** The commands that `emit` adds. */
  collect(emit: () => void): k.Command[] {
    const outer = this.commands;
    this.commands = [];
    emit();
    const inner = this.commands;
    this.commands = outer;
    return inner;
  }

  /** The buffer of a value that must have one by now; constants are written when first asked for. */
  materialised(value: Value): number {
    const known = this.buffers.get(value);
    if (known !== undefined) return known;
    const op = this.definitions.get(value);
    if (op?.opcode !== "constant") throw new Error("a value that is read whole has no buffer");
    if (!op.attributes.value.splat) return this.ensureBuffer(value);
    const { dtype, shape } = value.type;
    const id = this.program.constant(dtype, shape, expandSplat(op.attributes.value));
    this.buffers.set(value, id);
    return id;
  }

  #group(group: Group): void {
    for (const value of group.outputs) this.ensureBuffer(value);
    const { root } = group;
    if (root?.opcode === "while" || root?.opcode === "case" || root?.opcode === "if")
      lowerControl(this, root);
    else if (root?.opcode === "concatenate" || root?.opcode === "dynamic_update_slice")
      lowerMovement(this, root, group);
    else if (root?.opcode === "scatter") lowerScatter(this, root, group);
    else if (root?.opcode === "sort") lowerSort(this, root, group);
    else if ([...group.outputs].every(({ type }) => sizeOf(type.shape) === 0)) return;
    else if (group.kind === "gemm") this.#gemm(group);
    else if (group.kind === "rows" || group.kind === "reduce" || group.kind === "loop") {
      this.launch(group, [...group.outputs], (context, outputs) => this.#nest(group, context, outputs));
    } else throw new Error(`${root?.opcode} cannot be lowered`);
  }

  #nest(group: Group, context: EmitContext, outputs: readonly GroupOutput[]): Nest {
    if (group.kind === "rows" && group.space)
      return rowsNest(group, group.space, context, outputs, this.target);
    if (group.kind === "reduce" && group.root?.opcode === "reduce") {
      const nest = keepsColumns(group.root) ? columnsNest : reduceNest;
      return nest(
        context,
        group.root,
        outputs.map(({ to }) => to),
        this.target,
      );
    }
    if (group.root?.opcode === "reduce_window") {
      return windowNest(
        context,
        group.root,
        outputs.map(({ to }) => to),
        this.target,
      );
    }
    return elementwiseNest(context, group.shape, outputs, this.target);
  }

  #gemm(group: Group): void {
    const { root } = group;
    if (root?.opcode !== "dot_general") throw new Error("a gemm group is built around dot_general");
    if (isComplex(root.results[0].type.dtype)) {
      complexProduct(this, root);
      return;
    }
    const bindings = new KernelBindings(this.program);
    const outputs = this.#bindOutputs(bindings, [...group.outputs]);
    const name = this.#name(group);
    const kernel = gemmKernel(name, this.context(bindings, group), root, outputs, bindings.refs);
    this.add({ ...kernel, origin: originOf(group) }, bindings);
  }

  #bindOutputs(bindings: KernelBindings, values: readonly Value[]): GroupOutput[] {
    return values.map((value) => ({ value, to: bindings.bind(this.ensureBuffer(value), "write") }));
  }

  /** One loop kernel for the group. */
  launch(
    group: Group,
    values: readonly Value[],
    nest: (context: EmitContext, outputs: readonly GroupOutput[]) => Nest,
  ): void {
    this.loopKernel(group, (context, bindings) => nest(context, this.#bindOutputs(bindings, values)));
  }

  /** One loop kernel that binds its own outputs. */
  loopKernel(group: Group, nest: (context: EmitContext, bindings: KernelBindings) => Nest): void {
    const bindings = new KernelBindings(this.program);
    const { grid, prologue, body, tiles = [] } = nest(this.context(bindings, group), bindings);
    const name = this.#name(group);
    this.add(
      { kind: "loops", name, buffers: bindings.refs, tiles, grid, prologue, body, origin: originOf(group) },
      bindings,
    );
  }

  add(kernel: k.Kernel, bindings: KernelBindings): void {
    const buffers = [...bindings.ids];
    bindings.ids.forEach((id, i) => {
      // The kernel that writes the value decides; those that read it find it where that one put it.
      const overwrite = kernel.buffers[i].access === "read" ? undefined : this.overwrites.get(id);
      if (overwrite === undefined || !readsInStep(kernel, bindings.ids, overwrite.target, id)) return;
      buffers[i] = overwrite.target;
      this.buffers.set(overwrite.value, overwrite.target);
    });
    this.commands.push({ kind: "launch", kernel: this.program.addKernel(kernel), buffers });
  }

  /** Whether a command reads a buffer that it writes only at the element that it is about to write. */
  isInStep(command: k.Command, id: number): boolean {
    if (command.kind !== "launch") return false;
    return readsInStep(this.program.kernels[command.kernel], command.buffers, id, id);
  }

  copy(from: number, to: number): void {
    if (from !== to && this.program.buffers[to].bytes > 0) this.commands.push({ kind: "copy", from, to });
  }

  /** Puts a value into a buffer: by a copy, or by filling it if all elements are the same. */
  initialise(id: number, value: Value): void {
    const op = this.definitions.get(value);
    const isSplat = op?.opcode === "constant" && op.attributes.value.splat && !this.buffers.has(value);
    if (!isSplat || sizeOf(value.type.shape) < fillElements) {
      this.copy(this.materialised(value), id);
      return;
    }
    const group: Group = {
      kind: "loop",
      operations: new Set([op]),
      outputs: new Set(),
      shape: value.type.shape,
      space: undefined,
      root: undefined,
    };
    this.loopKernel(group, (context, bindings) =>
      elementwiseNest(context, value.type.shape, [{ value, to: bindings.bind(id, "write") }], this.target),
    );
  }

  #name(group: Group): string {
    const last = [...group.operations].pop()?.opcode ?? "kernel";
    const op = group.root?.opcode ?? last;
    return `${op.replace("chlo.", "")}_${this.program.kernels.length}`;
  }

  /** How a group's values are computed: from buffers, or in place. */
  context(bindings: KernelBindings, group: Group): EmitContext {
    return {
      widestFloat: this.target.widestFloat,
      definition: (value) => this.definitions.get(value),
      bufferOf: (value) => {
        if (group.outputs.has(value)) return undefined;
        const op = this.definitions.get(value);
        if (op?.opcode === "constant" && !this.buffers.has(value) && needsBuffer(op))
          this.ensureBuffer(value);
        const id = this.buffers.get(value);
        if (id === undefined || (op !== undefined && group.operations.has(op))) return undefined;
        return bindings.bind(id);
      },
    };
  }

  /** The buffer of a value; a new one if it has none. */
  ensureBuffer(value: Value): number {
    const known = this.buffers.get(value);
    if (known !== undefined) return known;
    const { dtype, shape } = value.type;
    const op = this.definitions.get(value);
    const isConstant = op?.opcode === "constant" && !op.attributes.value.splat;
    const id = isConstant
      ? this.program.constant(dtype, shape, op.attributes.value.data)
      : this.program.temporary(`t${this.program.buffers.length}`, dtype, shape);
    this.buffers.set(value, id);
    return id;
  }
}

/** Every element of a splat. */
function expandSplat({ type, data }: Literal): TypedArray {
  const all = allocateStorage(type.dtype, sizeOf(type.shape));
  for (let i = 0; i < all.length; i++) all[i] = data[i % data.length];
  return all;
}

/** Constants of several different elements are read from memory. */
const needsBuffer = (op: Extract<Operation, { opcode: "constant" }>): boolean =>
  !op.attributes.value.splat && sizeOf(op.attributes.value.type.shape) !== 1;

const originOf = (group: Group): k.Origin[] =>
  [...group.operations].map(({ opcode, location }) => ({ opcode, location }));

export interface LowerOptions {
  /** Parameters whose buffers results may reuse. */
  readonly donated?: readonly number[];
  readonly onFusion?: (block: Block, fusion: Fusion) => void;
}

/** Lowers the module's main function. Calls must have been inlined. */
export function lowerModule(module: Module, target: TargetInfo, options: LowerOptions = {}): k.Program {
  const func = mainFunction(module);
  const lowering = new Lowering(target, options.onFusion);
  const { program, buffers } = lowering;
  const parameters = func.body.arguments.map((value, index) => {
    const { dtype, shape } = value.type;
    const id = program.add(value.hint ?? `arg${index}`, dtype, shape, { kind: "parameter", index });
    buffers.set(value, id);
    return id;
  });
  const results = returned(func.body);
  placeResults(program, buffers, results, func.body);
  lowering.block(func.body, results);
  const arenaBytes = assignArena(program.buffers, lowering.commands);
  const launched = launchedKernels(program.kernels, lowering.commands);
  const draft: k.Program = {
    name: module.name ?? func.name,
    buffers: program.buffers,
    parameters,
    results: results.map((value) => lowering.ensureBuffer(value)),
    donations: [],
    arenaBytes,
    ...launched,
  };
  return { ...draft, donations: planDonations(draft, options.donated ?? []) };
}

/** Gives each computed result a buffer of its own; parameters and dense constants are results as they are. */
function placeResults(
  program: ProgramBuilder,
  buffers: BufferMap,
  results: readonly Value[],
  body: Block,
): void {
  const constants = new Set(
    body.operations.flatMap((op) =>
      op.opcode === "constant" && !op.attributes.value.splat ? op.results : [],
    ),
  );
  results.forEach((value, index) => {
    if (buffers.has(value) || constants.has(value)) return;
    const { dtype, shape } = value.type;
    buffers.set(value, program.add(`out${index}`, dtype, shape, { kind: "result", index }));
  });
}
