/** What happens when the GPU fails: each fault is an error that says what it was, and the device works afterwards. */
import { type Literal, literal, parseModule, splat } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import {
  DeviceLostError,
  GpuBuffer,
  GpuDevice,
  OutOfMemoryError,
  openGpu,
  WebGpuError,
} from "../src/index.ts";

const floats = (values: readonly number[]): Literal =>
  literal("float32", [values.length], Float32Array.from(values));

const double = parseModule(`func.func @main(%x: tensor<100xf32>) -> tensor<100xf32> {
  %0 = stablehlo.add %x, %x : tensor<100xf32>
  return %0 : tensor<100xf32>
}`);

/** Halves until a sum falls below 1: the GPU is asked for the condition at every step. */
const halve = parseModule(`func.func @main(%x: tensor<100xf32>) -> tensor<100xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %one = stablehlo.constant dense<1.0> : tensor<f32>
  %half = stablehlo.constant dense<0.5> : tensor<100xf32>
  %0 = stablehlo.while(%a = %x) : tensor<100xf32>
   cond {
    %s = stablehlo.reduce(%a init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<100xf32>, tensor<f32>) -> tensor<f32>
    %c = stablehlo.compare GT, %s, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %d = stablehlo.multiply %a, %half : tensor<100xf32>
    stablehlo.return %d : tensor<100xf32>
  }
  return %0 : tensor<100xf32>
}`);

const ramp = floats(Array.from({ length: 100 }, (_, i) => i));

/** An adapter's device with some of its methods replaced. */
const tampered = (change: (device: GPUDevice) => void) => async () => {
  const gpu = await openGpu();
  change(gpu.device);
  return gpu;
};

/** Usages of buffers that arrays live in, and of those that results come back through. */
const [storage, mapRead] = [0x80, 0x01];

/** Gives a device no memory for large buffers of the usage `full.of`: they are invalid, as WebGPU has it. */
function limitMemory(gpu: GPUDevice, full: { readonly of: number }): void {
  const pop = gpu.popErrorScope.bind(gpu);
  const make = gpu.createBuffer.bind(gpu);
  let refused = false;
  gpu.createBuffer = (descriptor) => {
    refused = (descriptor.usage & full.of) !== 0 && descriptor.size > 300;
    if (!refused) return make(descriptor);
    gpu.pushErrorScope("validation");
    const invalid = make({ ...descriptor, usage: 0 });
    void pop();
    return invalid;
  };
  gpu.popErrorScope = async () => {
    const refuse = refused;
    refused = false;
    const error = await pop();
    return refuse ? ({ message: "no memory" } as GPUError) : error;
  };
}

describe("a lost device", () => {
  it("fails the call that it happens in, and gives way to a new one", async () => {
    const device = new GpuDevice();
    const session = await device.open();
    const executable = device.compile(halve);
    const x = device.put(floats(new Array(100).fill(1e30)));
    await executable.run([x])[0].read();
    const [y] = executable.run([x]); // now in the middle of its steps
    const after = device.compile(double).run([y])[0];
    const [read, later] = [y.read(), after.read()];
    session.device.destroy();
    await expect(read).rejects.toThrow(DeviceLostError);
    await expect(later).rejects.toThrow(DeviceLostError);

    expect(x.alive).toBe(false);
    expect(() => executable.run([x])).toThrow(/the GPU device was lost .* compute these arrays again/s);
    await expect(x.read()).rejects.toThrow(DeviceLostError);
    const [z] = executable.run([device.put(ramp)]);
    const sum = [...((await z.read()) as Float32Array)].reduce((total, value) => total + value, 0);
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1);
    expect(device.session).not.toBe(session);
  });

  it("keeps small arrays from JavaScript, which never left it", async () => {
    const device = new GpuDevice();
    const session = await device.open();
    const few = parseModule(`func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
      %0 = stablehlo.add %x, %x : tensor<3xf32>
      return %0 : tensor<3xf32>
    }`);
    const x = device.put(floats([1, 2, 3]));
    session.device.destroy();
    await session.whenLost;
    expect([...((await device.compile(few).run([x])[0].read()) as Float32Array)]).toEqual([2, 4, 6]);
  });
});

describe("a shader that is not valid", () => {
  it("names the kernel, its ops, and what the compiler says; the calls after it fail alike", async () => {
    const device = new GpuDevice({
      open: tampered((gpu) => {
        const make = gpu.createShaderModule.bind(gpu);
        gpu.createShaderModule = ({ code }) => make({ code: code.replace("let ", "lett ") });
      }),
    });
    const [y] = device.compile(double, { name: "double" }).run([device.put(ramp)]);
    const [z] = device.compile(double).run([y]);
    const error = await y.read().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WebGpuError);
    expect(error.message).toMatch(/refused the shader add_0, made of add.*:\n {2}line \d+: /);
    await expect(z.read()).rejects.toThrow(/refused the shader/);
  });
});

describe("memory", () => {
  it("an array that is larger than any buffer is an error at once, and harms nothing", async () => {
    const device = new GpuDevice();
    await device.open();
    const wide = parseModule(`func.func @main(%x: tensor<f32>) -> tensor<1000000000xf32> {
      %0 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> tensor<1000000000xf32>
      return %0 : tensor<1000000000xf32>
    }`);
    expect(() => device.compile(wide, { name: "wide" }).run([device.put(splat("float32", [], 1))])).toThrow(
      /out of memory: 3\.73 GiB .* for the result of wide, float32\[1000000000\], do not fit on the GPU/,
    );
    expect(() => device.put(splat("float32", [1000000000], 1))).toThrow(OutOfMemoryError);
    expect(
      (
        await device
          .compile(double)
          .run([device.put(ramp)])[0]
          .read()
      )[3],
    ).toBe(6);
  });

  it("a GPU that is full is an error of the arrays that need the memory, and of no others", async () => {
    const full = { of: 0 };
    const device = new GpuDevice({ open: tampered((gpu) => limitMemory(gpu, full)) });
    const executable = device.compile(double, { name: "double" });
    const x = device.put(ramp);
    const [y] = executable.run([x]);
    expect((await y.read())[1]).toBe(2);
    full.of = storage;
    const [z] = executable.run([x]);
    const [w] = executable.run([z]);
    const [read, others] = [z.read(), y.read()];
    await expect(read).rejects.toThrow(
      /out of memory: .* for the result of double, float32\[100\], do not fit/,
    );
    expect((await others)[1]).toBe(2);
    await expect(w.read()).rejects.toThrow(OutOfMemoryError);
    await expect(device.put(ramp).read()).rejects.toThrow(/for an array float32\[100\] do not fit/);
    expect((await y.read())[1]).toBe(2);
    full.of = 0;
    expect((await executable.run([x])[0].read())[1]).toBe(2);
  });

  it("a GPU without memory for what is read is an error of the reading alone", async () => {
    const full = { of: 0 };
    const device = new GpuDevice({ open: tampered((gpu) => limitMemory(gpu, full)) });
    const [y] = device.compile(double).run([device.put(ramp)]);
    await y.ready?.();
    full.of = mapRead;
    await expect(y.read()).rejects.toThrow(/out of memory: .* for elements that are read do not fit/);
    full.of = 0;
    expect((await y.read())[1]).toBe(2);
  });

  it("a call that waits while its argument fails, fails too", async () => {
    const full = { of: 0 };
    const device = new GpuDevice({ open: tampered((gpu) => limitMemory(gpu, full)) });
    const executable = device.compile(double);
    const x = device.put(ramp);
    await executable.run([x])[0].read();
    full.of = storage;
    const [z] = executable.run([x]);
    full.of = 0;
    let proceed = (): void => {};
    const slow = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    device.enqueue(
      () => slow,
      () => {},
    );
    const [w] = executable.run([z]);
    await expect((z as GpuBuffer).outcome.check()).rejects.toThrow(OutOfMemoryError);
    proceed();
    await expect(w.read()).rejects.toThrow(OutOfMemoryError);
  });

  it("comes back from dropped arrays in a loop that never yields", async () => {
    const device = new GpuDevice();
    const fill = device.compile(
      parseModule(`func.func @main(%x: tensor<f32>) -> tensor<4194304xf32> {
        %0 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> tensor<4194304xf32>
        return %0 : tensor<4194304xf32>
      }`),
    );
    const x = device.put(splat("float32", [], 3));
    await fill.run([x])[0].read();
    for (let i = 0; i < 128; i++) fill.run([x]); // 2 GB
    const { highWaterBytes } = device.memory();
    expect(highWaterBytes).toBeLessThan(0.9 * 2 ** 30);
    await device.finished();
  });

  it("serves many times what a device has, dropped one after another in one turn of the event loop", async () => {
    const device = new GpuDevice();
    const session = await device.open();
    const { memory } = session;
    const bytes = 2 ** 27;
    for (let i = 0; i < 2000; i++) {
      const array = new GpuBuffer(device, { dtype: "uint8", shape: [bytes] });
      array.settle(session, memory.allocate(bytes, "dropped"));
    }
    const { highWaterBytes, buffersMade } = device.memory(); // a quarter of a terabyte was asked for
    expect(highWaterBytes).toBeLessThanOrEqual(12 * bytes);
    expect(buffersMade).toBeLessThan(20);
    const [y] = device.compile(double).run([device.put(ramp)]);
    expect((await y.read())[1]).toBe(2);
  });
});

describe("a kernel of many arrays", () => {
  it.each(["add", "concatenate"])("is split where the adapter binds fewer (%s)", async (op) => {
    const device = new GpuDevice();
    const names = Array.from({ length: 30 }, (_, i) => `%x${i}`);
    const sum = names
      .slice(1)
      .map(
        (name, i) => `%s${i + 1} = stablehlo.add ${i === 0 ? "%x0" : `%s${i}`}, ${name} : tensor<100xf32>`,
      );
    const all = `%s29 = stablehlo.concatenate ${names.join(", ")}, dim = 0 : (${names.map(() => "tensor<100xf32>").join(", ")}) -> tensor<3000xf32>`;
    const type = op === "add" ? "tensor<100xf32>" : "tensor<3000xf32>";
    const module = parseModule(
      `func.func @main(${names.map((name) => `${name}: tensor<100xf32>`).join(", ")}) -> ${type} {\n${op === "add" ? sum.join("\n") : all}\nreturn %s29 : ${type}\n}`,
    );
    const args = names.map((_, i) => device.put(floats(new Array(100).fill(i))));
    const result = (await device.compile(module).run(args)[0].read()) as Float32Array;
    if (op === "add") expect([...new Set(result)]).toEqual([435]);
    else expect([result[0], result[150], result[2999]]).toEqual([0, 1, 29]);
  });
});
