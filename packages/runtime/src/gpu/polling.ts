/**
 * Waiting for the GPU. In Node, Dawn asks it anew in every turn of the event loop while anything is awaited: that takes a whole core,
 * which a driver on the CPU would have use for, and makes a callback each time that only a full garbage collection frees.
 * So once a wait has lasted a moment, turns of the event loop are made to last a little.
 */

/** Milliseconds of a wait until turns are made longer, and by how much. */
const MOMENT = 0.2;
const NAP = 0.1;

let polls = false;
let waits = 0;
let turning = false;
let since = 0;
let never: Int32Array<SharedArrayBuffer> | undefined;

/** To be told when WebGPU is found to be Dawn in Node. */
export function expectPolling(): void {
  polls = true;
}

/** Resolves as the promise of WebGPU's does. */
export function waitFor<T>(said: Promise<T>): Promise<T> {
  if (!polls) return said;
  if (waits++ === 0) since = performance.now();
  if (!turning) {
    turning = true;
    setImmediate(turn).unref();
  }
  return said.finally(() => {
    waits--;
  });
}

function turn(): void {
  turning = waits > 0;
  if (!turning) return;
  if (performance.now() - since > MOMENT) {
    never ??= new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(never, 0, 0, NAP);
  }
  setImmediate(turn).unref();
}
