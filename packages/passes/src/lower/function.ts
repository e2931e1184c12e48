/**
 * Lowers the functions of a module to one program. Values that must exist in memory get a buffer; everything else is
 * computed where it is used.
 */

import {
  type Func,
  isElementwise,
  type kernel as k,
  type Module,
  mainFunction,
  type Operation,
  returned,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import type { EmitContext } from "./emit-at.ts";
import { gemmKernel } from "./gemm-kernel.ts";
import { elementwiseNest } from "./loop-kernel.ts";
import { type BufferMap, KernelBindings, ProgramBuilder } from "./program.ts";
import { reduceNest } from "./reduce-kernel.ts";
import type { TargetInfo } from "./target.ts";

/** Ops that are index arithmetic or constants: computing them again costs nothing. */
const freeOps = new Set<string>([
  "broadcast_in_dim",
  "reshape",
  "transpose",
  "slice",
  "reverse",
  "iota",
  "convert",
  "pad",
]);

class BlockLowering {
  readonly module: Module;
  readonly program: ProgramBuilder;
  readonly target: TargetInfo;
  readonly buffers: BufferMap;
  readonly definitions: Map<Value, Operation>;
  readonly commands: k.Command[] = [];

  constructor(
    module: Module,
    program: ProgramBuilder,
    target: TargetInfo,
    buffers: BufferMap,
    outer?: Map<Value, Operation>,
  ) {
    this.module = module;
    this.program = program;
    this.target = target;
    this.buffers = buffers;
    this.definitions = new Map(outer);
  }

  /** Lowers the operations of a block, the last (`return`) excepted. */
  block(operations: readonly Operation[], wanted: readonly Value[]): void {
    const uses = countUses(operations);
    for (const op of operations) for (const result of op.results) this.definitions.set(result, op);
    for (const op of operations) {
      if (op.opcode === "return") continue;
      if (this.#mustMaterialise(op, uses, wanted)) this.materialise(op);
    }
  }

  #mustMaterialise(op: Operation, uses: ReadonlyMap<Value, number>, wanted: readonly Value[]): boolean {
    if (op.opcode === "constant")
      return (
        wanted.includes(op.results[0]) ||
        (!op.attributes.value.splat && sizeOf(op.results[0].type.shape) !== 1)
      );
    if (op.results.some((result) => wanted.includes(result) || this.buffers.has(result))) return true;
    if (op.results.every((result) => (uses.get(result) ?? 0) === 0)) return false;
    if (freeOps.has(op.opcode)) return false;
    if (isElementwise(op.opcode)) return (uses.get(op.results[0]) ?? 0) > 1;
    return op.opcode !== "optimization_barrier" && op.opcode !== "dynamic_slice";
  }

  materialise(op: Operation): void {
    for (const result of op.results) this.ensureBuffer(result, op);
    if (op.opcode === "constant") return;
    if (op.results.every(({ type }) => sizeOf(type.shape) === 0)) return;
    if (op.opcode === "reduce")
      this.#kernel(op, (context, outputs) => reduceNest(context, op, outputs, this.target));
    else if (op.opcode === "dot_general") this.#gemm(op);
    else if (
      isElementwise(op.opcode) ||
      freeOps.has(op.opcode) ||
      op.opcode === "dynamic_slice" ||
      op.opcode === "optimization_barrier"
    ) {
      const { shape } = op.results[0].type;
      this.#kernel(op, (context, outputs) =>
        elementwiseNest(
          context,
          shape,
          op.results.map((value, i) => ({ value, to: outputs[i] })),
          this.target,
        ),
      );
    } else throw new Error(`${op.opcode} cannot be lowered`);
  }

  /** The buffer of a value, a new temporary (or constant) if it has none. */
  ensureBuffer(value: Value, op: Operation): number {
    const known = this.buffers.get(value);
    if (known !== undefined) return known;
    const { dtype, shape } = value.type;
    const id =
      op.opcode === "constant" && !op.attributes.value.splat
        ? this.program.constant(dtype, shape, op.attributes.value.data)
        : this.program.temporary(`t${this.program.buffers.length}`, dtype, shape);
    this.buffers.set(value, id);
    return id;
  }

  #kernel(
    op: Operation,
    nest: (
      context: EmitContext,
      outputs: readonly k.BufferRef[],
    ) => Pick<k.LoopKernel, "grid" | "prologue" | "body">,
  ): void {
    const bindings = new KernelBindings(this.program);
    const outputs = op.results.map((value) => bindings.bind(this.ensureBuffer(value, op), "write"));
    const { grid, prologue, body } = nest(this.#context(bindings, op), outputs);
    const name = `${op.opcode.replace("chlo.", "")}_${this.program.kernels.length}`;
    const origin = [{ opcode: op.opcode, location: op.location }];
    const kernel = this.program.addKernel({
      kind: "loops",
      name,
      buffers: bindings.refs,
      tiles: [],
      grid,
      prologue,
      body,
      origin,
    });
    this.commands.push({ kind: "launch", kernel, buffers: bindings.ids });
  }

  #gemm(op: Extract<Operation, { opcode: "dot_general" }>): void {
    const bindings = new KernelBindings(this.program);
    const output = bindings.bind(this.ensureBuffer(op.results[0], op), "write");
    const kernel = gemmKernel(
      `dot_${this.program.kernels.length}`,
      this.#context(bindings, op),
      op,
      output,
      bindings.refs,
    );
    this.commands.push({ kind: "launch", kernel: this.program.addKernel(kernel), buffers: bindings.ids });
  }

  #context(bindings: KernelBindings, root: Operation): EmitContext {
    return {
      definition: (value) => this.definitions.get(value),
      bufferOf: (value) => {
        const id = this.buffers.get(value);
        return id === undefined || root.results.includes(value) ? undefined : bindings.bind(id);
      },
    };
  }
}

function countUses(operations: readonly Operation[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const op of operations)
    for (const operand of op.operands) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  return uses;
}

/** Lowers the module's main function. Calls must have been inlined. */
export function lowerModule(module: Module, target: TargetInfo): k.Program {
  const func: Func = mainFunction(module);
  const program = new ProgramBuilder();
  const buffers: BufferMap = new Map();
  const parameters = func.body.arguments.map((value, index) => {
    const id = program.add(value.hint ?? `arg${index}`, value.type.dtype, value.type.shape, {
      kind: "parameter",
      index,
    });
    buffers.set(value, id);
    return id;
  });
  const wanted = returned(func.body);
  wanted.forEach((value, index) => {
    if (buffers.has(value)) return;
    const { dtype, shape } = value.type;
    buffers.set(value, program.add(`out${index}`, dtype, shape, { kind: "result", index }));
  });
  const lowering = new BlockLowering(module, program, target, buffers);
  lowering.block(func.body.operations, wanted);
  const arenaBytes = placeInArena(program);
  return {
    name: module.name ?? func.name,
    buffers: program.buffers,
    parameters,
    results: wanted.map((value) => buffers.get(value) ?? -1),
    donations: [],
    arenaBytes,
    kernels: program.kernels,
    commands: lowering.commands,
  };
}

/** Gives every temporary an offset of its own. */
function placeInArena(program: ProgramBuilder): number {
  let offset = 0;
  for (const buffer of program.buffers) {
    if (buffer.placement.kind !== "arena") continue;
    buffer.placement = { kind: "arena", offset };
    offset += Math.ceil(buffer.bytes / 64) * 64;
  }
  return offset;
}
