/** The device that runs modules on the reference interpreter: slow, and right by definition. */

import {
  allocateStorage,
  interpret,
  type Literal,
  literal,
  type Module,
  mainFunction,
  printModule,
  sizeOf,
  type TensorType,
  type TypedArray,
} from "@fluxion/ir";
import type { CompileOptions, Device, DeviceBuffer, Executable } from "./device.ts";

class InterpreterBuffer implements DeviceBuffer {
  readonly device: Device;
  readonly type: TensorType;
  #value: Literal | undefined;

  constructor(device: Device, value: Literal) {
    this.device = device;
    this.type = value.type;
    this.#value = value;
  }

  get alive(): boolean {
    return this.#value !== undefined;
  }

  get literal(): Literal {
    if (this.#value === undefined) throw new Error("the array was disposed of or donated");
    return this.#value;
  }

  async read(): Promise<TypedArray> {
    return this.readSync();
  }

  readSync(): TypedArray {
    return dense(this.literal);
  }

  dispose(): void {
    this.#value = undefined;
  }
}

/** Every element of a literal, a splat written out. */
export function dense({ type, data, splat }: Literal): TypedArray {
  if (!splat) return data.slice();
  const all = allocateStorage(type.dtype, sizeOf(type.shape));
  for (let i = 0; i < all.length; i++) all[i] = data[i % data.length];
  return all;
}

class InterpreterExecutable implements Executable {
  readonly parameterTypes: readonly TensorType[];
  readonly resultTypes: readonly TensorType[];
  readonly #device: InterpreterDevice;
  readonly #module: Module;
  readonly #donated: readonly number[];

  constructor(device: InterpreterDevice, module: Module, donated: readonly number[]) {
    const main = mainFunction(module);
    this.#device = device;
    this.#module = module;
    this.#donated = donated;
    this.parameterTypes = main.body.arguments.map(({ type }) => type);
    this.resultTypes = main.resultTypes;
  }

  asText(stage: string): string {
    if (stage === "traced" || stage === "stablehlo") return printModule(this.#module);
    throw new Error(`the interpreter has no stage ${stage}; it has: traced`);
  }

  run(args: readonly DeviceBuffer[]): DeviceBuffer[] {
    const values = args.map((arg) => {
      if (arg instanceof InterpreterBuffer && arg.device === this.#device) return arg.literal;
      throw new Error(`${arg.device} cannot lend an array to ${this.#device}; move it with devicePut`);
    });
    const results = interpret(this.#module, values);
    for (const index of this.#donated) args[index].dispose();
    return results.map((value) => new InterpreterBuffer(this.#device, value));
  }

  dispose(): void {}
}

export class InterpreterDevice implements Device {
  readonly kind = "interpreter";
  readonly id = 0;

  compile(module: Module, options: CompileOptions = {}): Executable {
    return new InterpreterExecutable(this, module, options.donated ?? []);
  }

  put(value: Literal): DeviceBuffer {
    return new InterpreterBuffer(this, literal(value.type.dtype, value.type.shape, dense(value)));
  }

  toString(): string {
    return `InterpreterDevice(id=${this.id})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
