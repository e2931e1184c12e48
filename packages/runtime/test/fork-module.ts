/** A small module of the shape of generated ones, for tests of the thread pool. */
import { abi, binaryenSync, callParallel, emitParallel } from "@fluxion/codegen-wasm";

/** Kernels of the module; each handles i in [begin, end) on the i32 array at `frame.array`. */
export const KERNEL = {
  /** array[i] += 1, not atomically: counts how often each i was run. */
  increment: 0,
  /** As increment, but traps at i = parameter. */
  trap: 1,
  /** array[i] += 1 after `parameter` steps of a dependent chain: takes time. */
  slow: 2,
  /** One memory.fill with byte 1 over [begin, end). */
  fill: 3,
} as const;

export const FRAME = { array: 0, parameter: 4, kernel: 8, extent: 12, grain: 16, repeat: 20 } as const;
export const FRAME_BYTES = 24;

let compiled: { shared: WebAssembly.Module; plain: WebAssembly.Module } | undefined;

export function forkModule(shared: boolean): WebAssembly.Module {
  compiled ??= { shared: build(true), plain: build(false) };
  return shared ? compiled.shared : compiled.plain;
}

/** Without the cache, for tests that need a module that no worker has seen. */
export function build(shared: boolean): WebAssembly.Module {
  return new WebAssembly.Module(buildBytes(shared));
}

export function buildBytes(shared: boolean): Uint8Array<ArrayBuffer> {
  const b = binaryenSync();
  const m = new b.Module();
  m.setFeatures(b.Features.All);
  m.setMemory(1, abi.MAX_PAGES, null, [], shared, false, "0");
  m.addMemoryImport("0", abi.IMPORT_MODULE, abi.IMPORT_MEMORY, shared);
  const get = (i: number) => m.local.get(i, b.i32);
  const field = (frame: number, offset: number) => m.i32.load(offset, 4, get(frame));
  // task(kernel, frame, begin, end); local 4: i, 5: steps, 6: address
  const [KERNEL_, FRAME_, BEGIN, END, I, STEPS, AT] = [0, 1, 2, 3, 4, 5, 6];
  const is = (kernel: number) => m.i32.eq(get(KERNEL_), m.i32.const(kernel));
  const increment = m.block(null, [
    m.local.set(AT, m.i32.add(field(FRAME_, FRAME.array), m.i32.shl(get(I), m.i32.const(2)))),
    m.i32.store(0, 4, get(AT), m.i32.add(m.i32.load(0, 4, get(AT)), m.i32.const(1))),
  ]);
  const trap = m.if(
    m.i32.and(is(KERNEL.trap), m.i32.eq(get(I), field(FRAME_, FRAME.parameter))),
    m.unreachable(),
  );
  const wait = m.if(
    is(KERNEL.slow),
    m.block(null, [
      m.local.set(STEPS, field(FRAME_, FRAME.parameter)),
      m.loop(
        "chain",
        m.block(null, [
          m.local.set(AT, m.i32.add(m.i32.mul(get(AT), m.i32.const(1664525)), m.i32.const(1013904223))),
          m.br_if("chain", m.local.tee(STEPS, m.i32.sub(get(STEPS), m.i32.const(1)), b.i32)),
        ]),
      ),
      m.i32.store(abi.RESERVED_BYTES - 64, 4, m.i32.const(0), get(AT)), // so that the chain is not dead code
    ]),
  );
  const loop = m.loop(
    "next",
    m.if(
      m.i32.lt_s(get(I), get(END)),
      m.block(null, [trap, wait, increment, m.local.set(I, m.i32.add(get(I), m.i32.const(1))), m.br("next")]),
    ),
  );
  const fill = m.memory.fill(
    m.i32.add(field(FRAME_, FRAME.array), get(BEGIN)),
    m.i32.const(1),
    m.i32.sub(get(END), get(BEGIN)),
  );
  const four = b.createType([b.i32, b.i32, b.i32, b.i32]);
  const taskBody = m.if(is(KERNEL.fill), fill, m.block(null, [m.local.set(I, get(BEGIN)), loop]));
  m.addFunction("task", four, b.none, [b.i32, b.i32, b.i32], taskBody);
  emitParallel(b, m, { shared });
  // main(frame); local 1: rounds left
  const fork = callParallel(
    b,
    m,
    field(0, FRAME.kernel),
    get(0),
    field(0, FRAME.extent),
    field(0, FRAME.grain),
  );
  const rounds = m.loop(
    "again",
    m.block(null, [fork, m.br_if("again", m.local.tee(1, m.i32.sub(get(1), m.i32.const(1)), b.i32))]),
  );
  m.addFunction(
    "main",
    b.createType([b.i32]),
    b.none,
    [b.i32],
    m.block(null, [m.local.set(1, field(0, FRAME.repeat)), rounds]),
  );
  m.addFunctionExport("main", abi.EXPORT_MAIN);
  m.addFunctionExport("task", abi.EXPORT_TASK);
  if (!m.validate()) throw new Error(`invalid module:\n${m.emitText()}`);
  const bytes = m.emitBinary() as Uint8Array<ArrayBuffer>;
  m.dispose();
  return bytes;
}
