/**
 * The expression of one element of a tensor value: `at(value, indices)` follows the value's definition down to buffers
 * that the kernel reads. Ops that only move elements become index arithmetic; elementwise ops become scalar ops.
 */

import {
  type ComplexDType,
  dtypeTable,
  entriesPerElement,
  isComplex,
  kernel as k,
  type Operation,
  type RealDType,
  realPart,
  sizeOf,
  type TypedArray,
  type Value,
  windowMap,
} from "@fluxion/ir";
import { bitcastCell } from "./bitcast.ts";
import { complexCell } from "./complex.ts";
import {
  broadcastIndices,
  linearIndex,
  reshapeIndices,
  reverseIndices,
  sliceIndices,
  transposeIndices,
} from "./index-maps.ts";
import { scalarExpr } from "./scalar.ts";
import { type Cell, type Scope, varsOfIndex } from "./scope.ts";

type Indices = readonly k.Index[];

/** What the emitter asks of the kernel that it works for. */
export interface EmitContext {
  /** The operation that defines a value, if it may be computed in place of being read. */
  definition(value: Value): Operation | undefined;
  /** The kernel's view of the buffer of a materialised value. */
  bufferOf(value: Value): k.BufferRef | k.Tile | undefined;
  /** Type that functions of complex numbers are computed in: float64 unless the target lacks it. */
  readonly widestFloat?: RealDType;
  /** Cells that the kernel computes by other means (a row's reduction, a loop's carry). */
  override?(value: Value, indices: Indices, scope: Scope): Cell | undefined;
}

export class ElementEmitter {
  readonly context: EmitContext;

  constructor(context: EmitContext) {
    this.context = context;
  }

  /** The element of `value` at `indices`, defined in `scope` or one around it. */
  at(value: Value, indices: Indices, scope: Scope): Cell {
    const known = scope.find(value, indices);
    if (known !== undefined) return known;
    // An array without elements has none to compute: code that asks for one never runs.
    if (sizeOf(value.type.shape) === 0) return emptyCell(value);
    const special = this.context.override?.(value, indices, scope);
    if (special !== undefined) return special;
    const vars = indices.reduce((found, index) => varsOfIndex(index, found), new Set<k.LoopVar>());
    const home = scope.outermostFor(vars);
    const buffer = this.context.bufferOf(value);
    const cell = buffer ? this.#load(value, buffer, indices, home) : this.#compute(value, indices, home);
    home.remember(value, indices, cell);
    return cell;
  }

  #load(value: Value, from: k.BufferRef | k.Tile, indices: Indices, scope: Scope): Cell {
    const position = linearIndex(value.type.shape, indices);
    if (!isComplex(value.type.dtype)) return { re: scope.define("x", k.load(from, position)) };
    const re = k.indexScale(position, 2);
    return {
      re: scope.define("re", k.load(from, re)),
      im: scope.define("im", k.load(from, k.indexAdd(re, k.indexConst(1)))),
    };
  }

  #compute(value: Value, indices: Indices, scope: Scope): Cell {
    const op = this.context.definition(value);
    if (op === undefined) throw new Error("emitAt: a value has neither a buffer nor a definition");
    return this.#move(op, indices, scope) ?? this.#elementwise(op, indices, scope);
  }

  /** Ops that move elements, and constants. */
  #move(op: Operation, indices: Indices, scope: Scope): Cell | undefined {
    const through = (to: Indices): Cell => this.at(op.operands[0], to, scope);
    switch (op.opcode) {
      case "broadcast_in_dim":
        return through(broadcastIndices(op, indices));
      case "transpose":
        return through(transposeIndices(op, indices));
      case "slice":
        return through(sliceIndices(op, indices));
      case "reverse":
        return through(reverseIndices(op, indices));
      case "reshape":
        return through(reshapeIndices(op, indices));
      case "constant":
        return splatCell(op.attributes.value.data, op.results[0].type.dtype as RealDType);
      case "iota":
        return iotaCell(op.results[0], indices[op.attributes.iota_dimension], scope);
      case "pad":
        return this.#pad(op, indices, scope);
      case "bitcast_convert":
        return bitcastCell(op.operands[0].type.dtype, op.results[0].type.dtype, indices, through, scope);
      case "dynamic_slice":
        return this.#dynamicSlice(op, indices, scope);
      case "gather":
        return this.#gather(op, indices, scope);
      default:
        return undefined;
    }
  }

  #elementwise(op: Operation, indices: Indices, scope: Scope): Cell {
    const args = op.operands.map((operand) =>
      this.at(operand, operand.type.shape.length === 0 ? [] : indices, scope),
    );
    if (args.some(({ im }) => im !== undefined) || isComplex(op.results[0].type.dtype)) {
      return complexCell(op, args, scope, this.context.widestFloat);
    }
    const expr = scalarExpr(
      op,
      args.map(({ re }) => re),
    );
    if (expr === undefined) throw new Error(`emitAt: ${op.opcode} cannot be computed in place`);
    return { re: scope.define("v", expr) };
  }

  /** The operand's element where the index falls on one, else the padding value. */
  #pad(op: Extract<Operation, { opcode: "pad" }>, indices: Indices, scope: Scope): Cell {
    const { edge_padding_low: low, interior_padding: interior } = op.attributes;
    const { shape } = op.operands[0].type;
    const value = this.at(op.operands[1], [], scope);
    if (sizeOf(shape) === 0) return value;
    const tests: k.RangeTest[] = [];
    const inner = indices.map((index, axis) => {
      const step = interior[axis] + 1;
      const high = low[axis] + (shape[axis] - 1) * step + 1;
      if (low[axis] > 0 || step > 1 || high < op.results[0].type.shape[axis]) {
        tests.push({ index, low: low[axis], high, ...(step > 1 ? { step } : {}) });
      }
      const shifted = k.indexAdd(index, k.indexConst(-low[axis]));
      if (tests.length === 0 || tests[tests.length - 1].index !== index) return shifted;
      return k.indexFloorDiv(k.indexClamp(shifted, 0, (shape[axis] - 1) * step), step);
    });
    const element = this.at(op.operands[0], inner, scope);
    if (tests.length === 0) return element;
    const inside = scope.define("inside", { kind: "inRange", dtype: "bool", tests });
    const choose = (a: k.Expr, b: k.Expr): k.Expr => scope.define("padded", k.select(inside, a, b));
    const im = element.im && value.im ? choose(element.im, value.im) : undefined;
    return { re: choose(element.re, value.re), ...(im ? { im } : {}) };
  }

  #dynamicSlice(op: Extract<Operation, { opcode: "dynamic_slice" }>, indices: Indices, scope: Scope): Cell {
    const [operand, ...starts] = op.operands;
    const inner = indices.map((index, axis) => {
      const room = operand.type.shape[axis] - op.attributes.slice_sizes[axis];
      return k.indexAdd(index, this.startIndex(starts[axis], room, scope));
    });
    return this.at(operand, inner, scope);
  }

  /** Each element lies in a slice whose start is read from the indices. */
  #gather(op: Extract<Operation, { opcode: "gather" }>, indices: Indices, scope: Scope): Cell {
    const [operand, starts] = op.operands;
    const { dimension_numbers: numbers, slice_sizes: sizes } = op.attributes;
    const map = windowMap(numbers, operand.type.shape.length, starts.type.shape.length);
    const inner = operand.type.shape.map((size, d) => {
      const [component, window, batch] = [map.component[d], map.window[d], map.batch[d]];
      const own = window ?? batch;
      const offset = own === undefined ? k.indexConst(0) : indices[own];
      if (component === undefined) return offset;
      const at = map.indices.map((axis) => (axis === undefined ? k.indexConst(component) : indices[axis]));
      return k.indexAdd(offset, this.#clampedStart(starts, at, size - sizes[d], scope));
    });
    return this.at(operand, inner, scope);
  }

  /** A dynamic start index, clamped to [0, room]. */
  startIndex(start: Value, room: number, scope: Scope): k.Index {
    return this.#clampedStart(start, [], room, scope);
  }

  #clampedStart(starts: Value, at: Indices, room: number, scope: Scope): k.Index {
    if (room === 0) return k.indexConst(0);
    const { start, home } = this.startAt(starts, at, scope);
    const { dtype } = start;
    const clamped = home.startOnce(start, room, () => {
      const low = k.scalarOp("maximum", dtype, start, k.constant(dtype, 0));
      const high = k.scalarOp("minimum", dtype, low, k.constant(dtype, room));
      return home.define("start", k.convert(high, "int32"));
    });
    return k.indexValue(clamped);
  }

  /** An element of an array of indices, of 32 bits or more, and the scope that it belongs to. */
  startAt(starts: Value, at: Indices, scope: Scope): { readonly start: k.Expr; readonly home: Scope } {
    const home = scope.outermostFor(
      at.reduce((found, index) => varsOfIndex(index, found), new Set<k.LoopVar>()),
    );
    const { re } = this.at(starts, at, home);
    const narrow = dtypeTable[re.dtype].bits < 32;
    return { start: narrow ? home.define("start", k.convert(re, "int32")) : re, home };
  }
}

/** The constant of a splat. */
export function splatCell(data: TypedArray, dtype: RealDType | ComplexDType): Cell {
  const decode = (i: number): k.Expr => k.constantFromStorage(realPart(dtype), data[i]);
  return entriesPerElement(dtype) === 2 ? { re: decode(0), im: decode(1) } : { re: decode(0) };
}

function emptyCell({ type }: Value): Cell {
  const zero = k.constant(realPart(type.dtype), 0);
  return isComplex(type.dtype) ? { re: zero, im: zero } : { re: zero };
}

function iotaCell(result: Value, index: k.Index, scope: Scope): Cell {
  const part = realPart(result.type.dtype);
  const re = scope.define("i", k.convert(k.indexValueOf(index), part));
  return isComplex(result.type.dtype) ? { re, im: k.constant(part, 0) } : { re };
}
