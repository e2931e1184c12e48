/**
 * Times generated shaders alone, without the layers above, against jax-js on the same adapter: milliseconds from submission
 * to completion, calls of both taken in turn. With an adapter that runs on the CPU the CPU time of all threads says more on a busy machine.
 *
 *     node --conditions=fluxion-source bench/dev/wgsl.ts [--rounds 15] [--hardware] [--show] [--alone] [softmax matmul-256 …]
 *
 * `--hardware` generates code as for an adapter whose barriers are cheap; `--show` prints the shaders; `--alone` leaves
 * jax-js out. Without names all workloads run.
 */

import { parseArgs } from "node:util";
import { type Literal, literal, parseModule } from "@fluxion/ir";
import { jit, jnp, nn, ShapeDtypeStruct } from "fluxion";
import { compileModule } from "../../packages/codegen-wgsl/test/compare.ts";
import { limitsOf, testDevice, testGpu } from "../../packages/codegen-wgsl/test/gpu.ts";
import { Runner } from "../../packages/codegen-wgsl/test/run.ts";
import { findWorkload, type Kind, type Workload } from "../harness/workloads.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "15" },
    hardware: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
    alone: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);

type Call = () => Promise<unknown>;
type Programs = Partial<Record<Kind, (...args: never[]) => unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: the two libraries' arrays have the same methods
type A = any;

const ours: Programs = {
  selu: (x: A) => jnp.where(x.gt(0), x, jnp.exp(x).mul(1.67).sub(1.67)).mul(1.05),
  affine: (x: A) => x.mul(3).add(x),
  "sum-squares": (x: A) => jnp.sum(x.mul(x)),
  softmax: (x: A) => nn.softmax(x, -1),
  "layer-norm": (x: A) => {
    const centred = x.sub(jnp.mean(x, { axis: -1, keepdims: true }));
    const variance = jnp.mean(jnp.square(centred), { axis: -1, keepdims: true });
    return centred.div(jnp.sqrt(variance.add(1e-5)));
  },
  "tanh-outer": (a: A, b: A) => jnp.tanh(a.add(b)),
  matmul: (a: A, b: A) => jnp.matmul(a, b),
};

async function ownCall(workload: Workload, data: readonly Float32Array<ArrayBuffer>[]): Promise<Call> {
  const device = await testDevice();
  const shapes = workload.args.map(({ shape }) => new ShapeDtypeStruct(shape, "float32"));
  const text = jit(ours[workload.kind] as (...args: A[]) => A)
    .lower(...shapes)
    .asText();
  const limits = { ...limitsOf(device), ...(values.hardware ? { software: false } : {}) };
  const compiled = compileModule(parseModule(text), limits);
  if (values.show) for (const { code } of compiled.shaders) console.log(code);
  const runner = await Runner.create(device, compiled);
  const inputs = data.map((entries, i): Literal => literal("float32", workload.args[i].shape, entries));
  await runner.run(inputs);
  return () => runner.commands(compiled.commands);
}

async function peerCall(workload: Workload, data: readonly Float32Array<ArrayBuffer>[]): Promise<Call> {
  const { defaultDevice, init, jit: jitted, nn: nets, numpy: np } = await import("@jax-js/jax");
  await init("webgpu");
  defaultDevice("webgpu");
  const theirs: Programs = {
    selu: (x: A) => np.where(x.ref.greater(0), x.ref, np.exp(x).mul(1.67).sub(1.67)).mul(1.05),
    affine: (x: A) => x.ref.mul(3).add(x),
    "sum-squares": (x: A) => np.sum(x.ref.mul(x)),
    softmax: (x: A) => nets.softmax(x, -1),
    "layer-norm": (x: A) => {
      const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
      const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
      return centred.div(np.sqrt(variance.add(1e-5)));
    },
    "tanh-outer": (a: A, b: A) => np.tanh(a.add(b)),
    matmul: (a: A, b: A) => np.matmul(a, b),
  };
  const compiled = jitted(theirs[workload.kind] as (...args: A[]) => A);
  const args: A[] = data.map((entries, i) => np.array(entries).reshape([...workload.args[i].shape]));
  for (const arg of args) await arg.blockUntilReady();
  return async () => {
    const result = compiled(...args.map((x) => x.ref));
    await result.blockUntilReady();
    result.dispose();
  };
}

function normalData(count: number): Float32Array<ArrayBuffer> {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  const draw = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Float32Array.from({ length: count }, draw);
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1];

function compared(times: readonly number[][]): string {
  const [own, peer] = times.map(median);
  const ratio =
    peer === undefined ? "" : `, jax-js ${peer.toFixed(2)} ms, ${(peer / own).toFixed(2)} times as long`;
  return `${own.toFixed(2)} ms${ratio}`;
}

async function measure(name: string): Promise<void> {
  const workload = findWorkload(name);
  if (workload === undefined || ours[workload.kind] === undefined) throw new Error(`no workload ${name}`);
  const data = workload.args.map(({ shape }) => normalData(shape.reduce((a, b) => a * b, 1)));
  const calls = [await ownCall(workload, data)];
  if (!values.alone) calls.push(await peerCall(workload, data));
  const times = calls.map((): number[] => []);
  const cpu = calls.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    for (const [i, call] of calls.entries()) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await call();
      const { user, system } = process.cpuUsage(before);
      if (round < 0) continue;
      times[i].push(performance.now() - start);
      cpu[i].push((user + system) / 1000);
    }
  }
  console.log(`${name.padEnd(12)} ${compared(times)}; CPU ${compared(cpu)}`);
}

const all = [
  "selu",
  "affine",
  "sum-squares",
  "tanh-outer",
  "softmax",
  "layer-norm",
  "matmul-256",
  "matmul-1000",
];
const gpu = await testGpu();
Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "Node" }, configurable: true });
for (const name of positionals.length > 0 ? positionals : all) await measure(name);
process.exit(0);
