/**
 * The main thread's half of fork and join, emitted into every module that has parallel loops.
 * The protocol and its argument are in `abi.ts`.
 */
import * as abi from "../abi.ts";
import type { Binaryen, BinaryenModule, Expr } from "../binaryen/load.ts";
import { FunctionBuilder, type Local } from "./function-builder.ts";

/** Internal names of the functions that `emitParallel` adds and of the one it calls. */
export const PARALLEL = "parallel";
/** Mutable i32 global: the slot of the thread that runs a task. Every instance of the module has its own. */
export const THREAD_SLOT = "threadSlot";
const FORK = "fork_join";
const WORK = "work";

/** Jobs of fewer grains than this do not wake sleeping workers, which takes the main thread 5 to 20 µs. */
const WAKING_GRAINS = 4;
/** Checks of `DONE` (some nanoseconds each) before the main thread goes to sleep, if it may. */
const JOIN_SPINS = 40_000;
/** Bound of one sleep in the join; only there so that nothing is ever lost for good. */
const JOIN_SLEEP_NS = 20_000_000;

export interface ParallelOptions {
  /** Whether the module imports a shared memory. */
  readonly shared: boolean;
}

/**
 * Adds `parallel(kernel, frame, extent, grain)`, which runs `task(kernel, frame, begin, end)` over [0, extent) on
 * all threads and returns when every iteration is finished. The module must define a function named `task` of
 * type (i32, i32, i32, i32) -> (). Tasks must not call `parallel` themselves.
 *
 * `grain` is how many iterations make a chunk worth taking, about 5 µs of work: a job of one grain runs at once on the
 * calling thread, one of a few is offered to workers that are awake, a larger one wakes those that sleep.
 *
 * On unshared memory it is a plain call of `task`. Otherwise the module also exports `work` for the workers.
 */
export function emitParallel(b: Binaryen, m: BinaryenModule, options: ParallelOptions): void {
  emitEntry(b, m, options.shared);
  m.addGlobal(THREAD_SLOT, b.i32, true, m.i32.const(0));
  if (!options.shared) return;
  m.addGlobal(abi.EXPORT_MODULE_ID, b.i32, true, m.i32.const(-1));
  m.addGlobalExport(abi.EXPORT_MODULE_ID, abi.EXPORT_MODULE_ID);
  emitFork(b, m);
  emitWork(b, m);
  m.addFunctionExport(WORK, abi.EXPORT_WORK);
}

/** A statement that calls `parallel`. */
export function callParallel(
  b: Binaryen,
  m: BinaryenModule,
  kernel: Expr,
  frame: Expr,
  extent: Expr,
  grain: Expr,
): Expr {
  return m.call(PARALLEL, [kernel, frame, extent, grain], b.none);
}

/** Decides whether to fork at all: not for one chunk's worth of work, nor without workers. */
function emitEntry(b: Binaryen, m: BinaryenModule, shared: boolean): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32], b.none);
  const [kernel, frame, extent, grain] = [f.param(0), f.param(1), f.param(2), f.param(3)];
  f.if(m.i32.le_s(f.get(extent), m.i32.const(0)), () => f.return());
  if (shared) {
    const workers = f.let(b.i32, minimum(f, load(m, abi.READY), load(m, abi.LIMIT)));
    const worthIt = m.i32.and(
      m.i32.gt_s(f.get(extent), f.get(grain)),
      m.i32.gt_s(f.get(workers), m.i32.const(0)),
    );
    f.if(worthIt, () => {
      f.push(m.call(FORK, [...[kernel, frame, extent, grain, workers].map((l) => f.get(l))], b.none));
      f.return();
    });
  }
  f.push(m.call(abi.EXPORT_TASK, [f.get(kernel), f.get(frame), m.i32.const(0), f.get(extent)], b.none));
  f.finish(PARALLEL);
}

/** `fork_join(kernel, frame, extent, grain, workers)`: publishes the job, works along, waits for stragglers. */
function emitFork(b: Binaryen, m: BinaryenModule): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32, b.i32], b.none);
  const [kernel, frame, extent, grain, workers] = [0, 1, 2, 3, 4].map((i) => f.param(i)) as Local[];
  const store = (address: number, value: Expr) => f.push(m.i32.store(address, 4, m.i32.const(0), value));
  store(abi.JOB_MODULE, m.global.get(abi.EXPORT_MODULE_ID, b.i32));
  store(abi.JOB_KERNEL, f.get(kernel));
  store(abi.JOB_FRAME, f.get(frame));
  store(abi.JOB_EXTENT, f.get(extent));
  store(abi.JOB_GRAIN, m.select(m.i32.gt_s(f.get(grain), m.i32.const(1)), f.get(grain), m.i32.const(1)));
  store(abi.JOB_SHARES, m.i32.shl(m.i32.add(f.get(workers), m.i32.const(1)), m.i32.const(1)));
  const seq = f.let(b.i32, m.i32.add(load(m, abi.EPOCH), m.i32.const(1)));
  f.push(m.i32.atomic.store(0, m.i32.const(abi.DONE), m.i32.const(0)));
  f.push(m.i64.atomic.store(0, m.i32.const(abi.TICKET), ticket(m, f.get(seq), f.get(extent))));
  f.push(m.i32.atomic.store(0, m.i32.const(abi.EPOCH), f.get(seq)));
  const sleepers = m.i32.atomic.load(0, m.i32.const(abi.SLEEPERS));
  const large = m.i32.ge_s(m.i32.div_s(f.get(extent), load(m, abi.JOB_GRAIN)), m.i32.const(WAKING_GRAINS));
  f.if(m.i32.and(m.i32.gt_s(sleepers, m.i32.const(0)), large), () =>
    f.push(m.drop(m.memory.atomic.notify(m.i32.const(abi.EPOCH), m.i32.const(-1)))),
  );
  f.push(m.call(WORK, [f.get(seq), m.i32.const(0)], b.none));
  emitJoin(f, extent);
  // A trap here is turned into an error with the worker's message by the runtime.
  f.if(load(m, abi.FAILED), () => f.push(m.unreachable()));
  f.finish(FORK);
}

function emitJoin(f: FunctionBuilder, extent: Local): void {
  const { b, m } = f;
  const done = f.local(b.i32);
  const spins = f.local(b.i32);
  f.loop((join) => {
    f.set(done, m.i32.atomic.load(0, m.i32.const(abi.DONE)));
    join.break(m.i32.eq(f.get(done), f.get(extent)));
    f.set(spins, m.i32.add(f.get(spins), m.i32.const(1)));
    join.continue(m.i32.lt_u(f.get(spins), m.i32.const(JOIN_SPINS)));
    join.continue(m.i32.eqz(load(m, abi.CAN_BLOCK)));
    // Announce, then look again: whoever finishes last either sees the flag or changes DONE before the wait.
    f.push(m.i32.atomic.store(0, m.i32.const(abi.MAIN_WAITS), m.i32.const(1)));
    f.push(m.drop(m.memory.atomic.wait32(m.i32.const(abi.DONE), f.get(done), m.i64.const(JOIN_SLEEP_NS))));
    f.push(m.i32.atomic.store(0, m.i32.const(abi.MAIN_WAITS), m.i32.const(0)));
  });
}

/** `work(seq, slot)`: takes and runs chunks of job `seq` until there are none; on every thread. */
function emitWork(b: Binaryen, m: BinaryenModule): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32], b.none);
  const [seq, slot] = [f.param(0), f.param(1)];
  const claimed = f.let(
    b.i32,
    m.i32.add(m.i32.const(abi.SLOTS), m.i32.mul(f.get(slot), m.i32.const(abi.SLOT_BYTES))),
  );
  const [seen, rest, count, begin, extent] = [b.i64, b.i32, b.i32, b.i32, b.i32].map((t) =>
    f.local(t),
  ) as Local[];
  f.push(m.global.set(THREAD_SLOT, f.get(slot)));
  f.loop((chunks) => {
    f.set(seen, m.i64.atomic.load(0, m.i32.const(abi.TICKET)));
    f.set(rest, m.i32.wrap(f.get(seen)));
    f.if(m.i32.or(m.i32.eqz(f.get(rest)), m.i32.ne(highHalf(m, f.get(seen)), f.get(seq))), () => f.return());
    f.set(extent, load(m, abi.JOB_EXTENT));
    f.set(count, m.i32.div_u(f.get(rest), load(m, abi.JOB_SHARES)));
    f.set(count, maximum(f, f.get(count), load(m, abi.JOB_GRAIN)));
    f.set(count, minimum(f, f.get(count), f.get(rest)));
    const after = m.i64.sub(f.get(seen), m.i64.extend_u(f.get(count)));
    const previous = m.i64.atomic.rmw.cmpxchg(0, m.i32.const(abi.TICKET), f.get(seen), after);
    chunks.continue(m.i64.ne(previous, f.get(seen)));
    f.set(begin, m.i32.sub(f.get(extent), f.get(rest)));
    f.push(m.i32.store(0, 4, f.get(claimed), f.get(count)));
    f.push(
      m.call(
        abi.EXPORT_TASK,
        [
          load(m, abi.JOB_KERNEL),
          load(m, abi.JOB_FRAME),
          f.get(begin),
          m.i32.add(f.get(begin), f.get(count)),
        ],
        b.none,
      ),
    );
    f.push(m.i32.store(0, 4, f.get(claimed), m.i32.const(0)));
    const before = m.i32.atomic.rmw.add(0, m.i32.const(abi.DONE), f.get(count));
    const last = m.i32.eq(m.i32.add(before, f.get(count)), f.get(extent));
    f.if(last, () =>
      f.if(m.i32.atomic.load(0, m.i32.const(abi.MAIN_WAITS)), () =>
        f.push(m.drop(m.memory.atomic.notify(m.i32.const(abi.DONE), m.i32.const(1)))),
      ),
    );
  });
  f.finish(WORK);
}

function load(m: BinaryenModule, address: number): Expr {
  return m.i32.load(address, 4, m.i32.const(0));
}

function ticket(m: BinaryenModule, seq: Expr, rest: Expr): Expr {
  return m.i64.or(m.i64.shl(m.i64.extend_u(seq), m.i64.const(32)), m.i64.extend_u(rest));
}

function highHalf(m: BinaryenModule, value: Expr): Expr {
  return m.i32.wrap(m.i64.shr_u(value, m.i64.const(32)));
}

function minimum(f: FunctionBuilder, x: Expr, y: Expr): Expr {
  const [a, c] = [f.let(f.b.i32, x), f.let(f.b.i32, y)];
  return f.m.select(f.m.i32.lt_u(f.get(a), f.get(c)), f.get(a), f.get(c));
}

function maximum(f: FunctionBuilder, x: Expr, y: Expr): Expr {
  const [a, c] = [f.let(f.b.i32, x), f.let(f.b.i32, y)];
  return f.m.select(f.m.i32.gt_u(f.get(a), f.get(c)), f.get(a), f.get(c));
}
