/**
 * New modules. The builders that programs call most often go straight to the C API: those of the JavaScript API also make
 * a closure and a stack frame in binaryen's memory, look for text to copy there, and give both back.
 */
import type { Binaryen, BinaryenModule, Expr, WasmType } from "./load.ts";

/** The C API as far as it is used here. Memory 0 has no name. */
interface CoreBuilders {
  _malloc(bytes: number): number;
  _BinaryenSizeofLiteral(): number;
  _BinaryenLiteralInt32(to: number, value: number): void;
  _BinaryenConst(module: number, literal: number): Expr;
  _BinaryenLocalGet(module: number, index: number, type: WasmType): Expr;
  _BinaryenLocalSet(module: number, index: number, value: Expr): Expr;
  _BinaryenBinary(module: number, op: number, x: Expr, y: Expr): Expr;
  _BinaryenLoad(
    module: number,
    bytes: number,
    signed: boolean,
    offset: number,
    align: number,
    type: WasmType,
    pointer: Expr,
    memoryName: 0,
  ): Expr;
  _BinaryenStore(
    module: number,
    bytes: number,
    offset: number,
    align: number,
    pointer: Expr,
    value: Expr,
    type: WasmType,
    memoryName: 0,
  ): Expr;
  _BinaryenSIMDLoad(
    module: number,
    op: number,
    offset: number,
    align: number,
    pointer: Expr,
    memoryName: 0,
  ): Expr;
}

/** Room for one literal in the memory of each binaryen. */
const literals = new WeakMap<Binaryen, number>();

function literalRoom(b: Binaryen, core: CoreBuilders): number {
  const room = literals.get(b) ?? core._malloc(core._BinaryenSizeofLiteral());
  literals.set(b, room);
  return room;
}

/** What programs are made of. More than that would cost time: with garbage collection, say, printing has to sort types. */
function featuresOf({ Features: f }: Binaryen): number {
  const scalars = f.MutableGlobals | f.SignExt | f.NontrappingFPToInt;
  return scalars | f.SIMD128 | f.RelaxedSIMD | f.Atomics | f.BulkMemory | f.BulkMemoryOpt;
}

/** An empty module; call `dispose()` when done with it. */
export function newModule(b: Binaryen): BinaryenModule {
  const m = new b.Module();
  m.setFeatures(featuresOf(b));
  const { ptr } = m;
  const core = b as unknown as CoreBuilders;
  const room = literalRoom(b, core);
  const { i32, v128, AddInt32, Load32SplatVec128 } = b;
  // Looking a function up in an object of thousands takes as long as calling it.
  const { _BinaryenLiteralInt32: literalInt32, _BinaryenConst: constant } = core;
  const { _BinaryenLocalGet: localGet, _BinaryenLocalSet: localSet, _BinaryenBinary: binary } = core;
  const { _BinaryenLoad: load, _BinaryenStore: store, _BinaryenSIMDLoad: simdLoad } = core;
  m.local.get = (index, type) => localGet(ptr, index, type);
  m.local.set = (index, value) => localSet(ptr, index, value);
  m.i32.const = (value) => {
    literalInt32(room, value);
    return constant(ptr, room);
  };
  m.i32.add = (x, y) => binary(ptr, AddInt32, x, y);
  m.i32.load = (offset, align, pointer) => load(ptr, 4, true, offset, align, i32, pointer, 0);
  m.i32.store = (offset, align, pointer, value) => store(ptr, 4, offset, align, pointer, value, i32, 0);
  m.v128.load = (offset, align, pointer) => load(ptr, 16, false, offset, align, v128, pointer, 0);
  m.v128.store = (offset, align, pointer, value) => store(ptr, 16, offset, align, pointer, value, v128, 0);
  m.v128.load32_splat = (offset, align, pointer) =>
    simdLoad(ptr, Load32SplatVec128, offset, align, pointer, 0);
  return m;
}
