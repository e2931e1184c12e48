/**
 * Asking the garbage collector, in Node, without returning to the event loop.
 *
 * Finalisers run in tasks of their own, so a synchronous loop that drops arrays would never see one freed.
 * Node allows more than the language: V8 can be asked for its `gc` function at run time, and a context with a
 * microtask queue of its own ends in a checkpoint of that (empty) queue, which clears the list of objects that
 * weak references keep alive until the end of the current job. No microtask of the program runs. After both, a
 * `WeakRef` to an unreachable object is empty, in the middle of a job.
 *
 * The one visible effect on a program: its own weak references may become empty within a job, too.
 */
export interface Collector {
  /** Lets go of what weak references made in this job keep alive. Some microseconds. */
  forgetKept(): void;
  /** Collects all garbage: some milliseconds, more in a large heap. */
  collect(): void;
}

/** The collector, or undefined where there is none: in pages, and in run-times that only look like Node. */
export function findCollector(): Collector | undefined {
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") return undefined;
  if (process.versions.bun !== undefined || process.versions.deno !== undefined) return undefined;
  return nodeCollector;
}

/** Makes the real one when it is first needed: that takes milliseconds, and small programs never need it. */
const nodeCollector: Collector = {
  forgetKept: () => realCollector().forgetKept(),
  collect: () => realCollector().collect(),
};

let real: Collector | undefined;

function realCollector(): Collector {
  real ??= makeCollector();
  return real;
}

function makeCollector(): Collector {
  const v8 = process.getBuiltinModule("node:v8");
  const vm = process.getBuiltinModule("node:vm");
  v8.setFlagsFromString("--expose-gc");
  const gc: unknown = vm.runInNewContext("globalThis.gc");
  v8.setFlagsFromString("--no-expose-gc");
  const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
  const nothing = new vm.Script("0");
  const forgetKept = () => {
    nothing.runInContext(context);
  };
  const collect = () => {
    forgetKept();
    if (typeof gc === "function") gc();
  };
  return { forgetKept, collect };
}
