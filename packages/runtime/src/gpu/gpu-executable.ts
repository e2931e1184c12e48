/** A compiled program of the GPU device and how it is called. */

import { checkModule } from "@fluxion/codegen-wgsl";
import { type Module, mainFunction, printModule, type TensorType } from "@fluxion/ir";
import type { DeviceBuffer, Executable } from "../device.ts";
import { Call } from "./call.ts";
import { compileForGpu, type GpuSettings, gpuStageText } from "./compile.ts";
import { WebGpuError, WebGpuUnavailableError } from "./errors.ts";
import { GpuBuffer } from "./gpu-buffer.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { Prepared } from "./prepared.ts";
import { recordProgram } from "./run-program.ts";
import type { Session } from "./session.ts";

type Checks = readonly Promise<void>[];

/** Gives the memory of programs back that are dropped. */
const dropped = new FinalizationRegistry<{ prepared: Prepared | undefined }>(({ prepared }) =>
  prepared?.dispose(),
);

export class GpuExecutable implements Executable {
  readonly parameterTypes: readonly TensorType[];
  readonly resultTypes: readonly TensorType[];
  readonly #device: GpuDevice;
  readonly #module: Module;
  readonly #settings: GpuSettings;
  /** On the open device; made anew after a loss. */
  readonly #held: { prepared: Prepared | undefined } = { prepared: undefined };
  #disposed = false;

  /** @throws UnsupportedOnWebGpuError on 64-bit elements; where the device is open, also on what it cannot run */
  constructor(device: GpuDevice, module: Module, settings: GpuSettings) {
    checkModule(module);
    this.#device = device;
    this.#module = module;
    this.#settings = settings;
    const main = mainFunction(module);
    this.parameterTypes = main.body.arguments.map(({ type }) => type);
    this.resultTypes = main.resultTypes;
    dropped.register(this, this.#held);
    if (device.session !== undefined) this.#prepare(device.session);
  }

  /** @throws WebGpuUnavailableError before the device is open, for stages that depend on it */
  asText(stage: string): string {
    if (stage === "traced" || stage === "stablehlo") return printModule(this.#module);
    const { session } = this.#device;
    if (session !== undefined) return gpuStageText(this.#module, stage, this.#settings, session.gpu.limits);
    throw new WebGpuUnavailableError(
      `the stage ${stage} depends on the GPU's limits, and ${this.#device} is not open yet: await init({ device: "webgpu" })`,
    );
  }

  run(args: readonly DeviceBuffer[]): DeviceBuffer[] {
    const given = this.#check(args);
    const results = this.resultTypes.map((type) => this.#device.adopt(new GpuBuffer(this.#device, type)));
    const outcome = this.#device.perform((session) => this.#runOn(session, given, results));
    for (const result of results) result.outcome = outcome;
    for (const index of this.#settings.donated) given[index].dispose();
    return results;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#device.enqueue(
      () => {
        this.#held.prepared?.dispose();
        this.#held.prepared = undefined;
        return undefined;
      },
      () => {},
    );
  }

  #check(args: readonly DeviceBuffer[]): GpuBuffer[] {
    const { name, donated } = this.#settings;
    const given = new Array<GpuBuffer>(args.length);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (!(arg instanceof GpuBuffer) || arg.device !== this.#device) {
        throw new Error(
          `argument ${i} of ${name} is on ${arg.device}, not on ${this.#device}; move it with devicePut`,
        );
      }
      if (!arg.alive) throw arg.problem ?? new Error(`argument ${i} of ${name} was disposed of`);
      if (arg.outcome.failure !== undefined) throw arg.outcome.failure;
      given[i] = arg;
    }
    for (const index of donated) {
      if (given.indexOf(given[index]) !== given.lastIndexOf(given[index])) {
        throw new Error(
          `Attempt to donate the same buffer twice in ${name}: argument ${index} is passed more than once`,
        );
      }
    }
    return given;
  }

  #prepare(session: Session): Prepared {
    const { prepared } = this.#held;
    if (prepared?.session === session) return prepared;
    const compiled =
      prepared !== undefined && sameLimits(prepared.session, session)
        ? prepared.compiled
        : compileForGpu(this.#module, this.#settings, session.gpu.limits);
    this.#held.prepared = new Prepared(session, compiled);
    return this.#held.prepared;
  }

  #runOn(
    session: Session,
    args: readonly GpuBuffer[],
    results: readonly GpuBuffer[],
  ): Checks | Promise<Checks> {
    const prepared = this.#prepare(session);
    if (prepared.ready === undefined) return this.#execute(prepared, args, results);
    return prepared.ready.then(() => this.#execute(prepared, args, results));
  }

  /** Places everything, records, submits. */
  #execute(
    prepared: Prepared,
    args: readonly GpuBuffer[],
    results: readonly GpuBuffer[],
  ): Checks | Promise<Checks> {
    const { session } = prepared;
    if (session.lost !== undefined) throw session.lost;
    const waiting = args.find(({ block, bytes }) => block === undefined && bytes === undefined);
    if (waiting !== undefined) return failureOf(waiting);
    if (prepared.hasRun) return this.#start(new Call(prepared, args), results);
    prepared.hasRun = true;
    // What WebGPU says to the first call is waited for; later ones are alike.
    const { device } = session;
    device.pushErrorScope("validation");
    let first: Checks | Promise<Checks>;
    let said: Promise<void>;
    try {
      first = this.#start(new Call(prepared, args), results);
    } finally {
      said = refusal(device.popErrorScope(), this.#settings.name);
      said.catch(() => {}); // if something was thrown, that is told instead
    }
    const check = said;
    return first instanceof Promise ? first.then((checks) => [...checks, check]) : [...first, check];
  }

  #start(call: Call, results: readonly GpuBuffer[]): Checks | Promise<Checks> {
    const rest = recordProgram(call);
    if (rest === undefined) return call.finish(results);
    return rest.then(
      () => call.finish(results),
      (error: unknown) => {
        call.abandon();
        throw error;
      },
    );
  }
}

/** The argument of a call was to be written by one that failed: this one fails alike. */
async function failureOf({ outcome }: GpuBuffer): Promise<never> {
  await outcome.check();
  throw new WebGpuError("an argument has no elements");
}

async function refusal(scope: Promise<GPUError | null>, name: string): Promise<void> {
  const error = await scope;
  if (error !== null) throw new WebGpuError(`WebGPU refused a command of ${name}: ${error.message}`);
}

const sameLimits = (a: Session, b: Session): boolean =>
  JSON.stringify(a.gpu.limits) === JSON.stringify(b.gpu.limits);
