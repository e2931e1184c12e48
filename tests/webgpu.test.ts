/** The GPU through the public interface, on a real adapter: placement, reading back, errors, switches, and how Node ends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  config,
  debug,
  devicePut,
  devices,
  effectsBarrier,
  errors,
  grad,
  init,
  jit,
  jnp,
  lax,
  type NDArray,
  random,
  scope,
} from "fluxion";
import { afterEach, describe, expect, it, vi } from "vitest";

const root = join(import.meta.dirname, "..");
const [cpu] = devices("cpu");
const [gpu] = devices("gpu");

const thrownBy = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

/** The line of this file that calls it, as messages name it. */
function here(): string {
  const [, , line] = (new Error().stack ?? "").split("\n");
  return /[^/]+\.ts:\d+/.exec(line)?.[0] ?? "no line";
}

const values = async (x: NDArray): Promise<number[]> => Array.from((await x.data()) as Float32Array);

describe("devices", () => {
  it("are the CPU and, once it is open, the GPU; the default one comes first", async () => {
    await init();
    expect(devices().map(String)).toEqual(["CpuDevice(id=0)", "GpuDevice(id=0)"]);
    expect(devices("webgpu")).toEqual([gpu]);
    config.with({ defaultDevice: "webgpu" }, () => {
      expect(devices()).toEqual([gpu, cpu]);
      expect(jnp.arange(100).add(1).device).toBe(gpu);
    });
    expect(jnp.arange(100).add(1).device).toBe(cpu);
  });

  it("hold what is put there, and what is computed of it", async () => {
    const x = devicePut(jnp.linspace(-1, 1, 5), gpu);
    expect([...x.devices()]).toEqual([gpu]);
    const selu = jit((v: NDArray) => jnp.where(v.gt(0), v, jnp.exp(v).sub(1).mul(1.67)).mul(1.05));
    const y = selu(x);
    expect(y.device).toBe(gpu);
    const expected = await values(selu(devicePut(jnp.linspace(-1, 1, 5), cpu)));
    (await values(y)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
    expect(await values(y.copy())).toEqual(await values(y));
    const f = jit((v: NDArray) => v.add(1), { device: gpu });
    expect(f(jnp.asarray(1)).device).toBe(gpu);
  });

  it("compile a function for each of them", async () => {
    const f = jit((x: NDArray | number) => jnp.sin(x));
    expect(f(1).device).toBe(cpu);
    const [onGpu] = config.with({ defaultDevice: "webgpu" }, () => [f(1)]);
    expect(onGpu.device).toBe(gpu);
    expect((await values(onGpu))[0]).toBeCloseTo(Math.sin(1), 6);
  });

  it("are not mixed in one call, and nothing moves by itself", () => {
    const [there, here2] = [devicePut(jnp.ones([3]), gpu), devicePut(jnp.ones([2, 3]), cpu)];
    expect(thrownBy(() => jit((a: NDArray, b: NDArray) => a.add(b))(there, here2)).message).toMatch(
      /Received incompatible devices for jit\(.*\):\n {2}argument 0, float32\[3\], is on GpuDevice\(id=0\)\n {2}argument 1, float32\[2,3\], is on CpuDevice\(id=0\)\n {2}help: move one with devicePut/,
    );
    expect(thrownBy(() => there.add(here2)).message).toMatch(/incompatible devices for jnp\.add/);
    const loss = (a: NDArray): NDArray => a.mul(here2).sum();
    expect(thrownBy(() => grad(loss)(there)).message).toMatch(/incompatible devices for grad\(loss\)/);
    const closes = jit((a: NDArray) => a.add(here2));
    expect(thrownBy(() => closes(there)).message).toMatch(
      /which runs on GpuDevice\(id=0\):\n {2}an array that it closes over, float32\[2,3\], is on CpuDevice\(id=0\)/,
    );
    const placed = jit((a: NDArray) => a.add(1), { device: gpu });
    expect(thrownBy(() => placed(here2)).message).toMatch(/argument 0, float32\[2,3\], is on CpuDevice/);
  });
});

describe("elements", () => {
  const x = devicePut(jnp.arange(3), gpu);

  it.each([
    ["dataSync", "x.dataSync()", "await x.data()", (v: NDArray) => v.dataSync()],
    ["toArraySync", "x.toArraySync()", "await x.toArray()", (v: NDArray) => v.toArraySync()],
    ["item", "x.item()", "await x.toArray()", (v: NDArray) => v.item(0)],
    ["String", "x.repr()", "await x.data()", (v: NDArray) => String(v)],
    ["devicePut", "devicePut", "await x.data()", (v: NDArray) => devicePut(v, cpu)],
  ])("cannot be read at once: %s names the call to await", (_, what, awaited, read) => {
    const line = here();
    const error = thrownBy(() => read(x));
    expect(error).toBeInstanceOf(errors.SynchronousReadError);
    expect(error.message).toContain(`${what} needs the elements of int32[3] on GpuDevice(id=0) at once`);
    expect(error.message).toContain(`Write ${awaited}`);
    expect(error.message).toContain(line.split(":")[0]);
  });

  it("can be read at once after copyToHostAsync, printed, and moved to the CPU", async () => {
    const y = await x.add(1).copyToHostAsync();
    expect(y.toArraySync()).toEqual([1, 2, 3]);
    expect(String(y)).toBe("Array([1, 2, 3], dtype=int32)");
    const moved = devicePut(y, cpu);
    expect([moved.device, moved.item(2)]).toEqual([cpu, 3]);
  });

  it("of 64 bits are refused, with the op, the dtype, the line and the way out", () => {
    config.with({ enableX64: true }, () => {
      const line = here();
      const put = thrownBy(() => devicePut(jnp.array(new Float64Array(3)), gpu));
      expect(put).toBeInstanceOf(errors.UnsupportedOnWebGpuError);
      expect(put.message).toMatch(/an array float64\[3\] needs float64, .* convert with astype\("float32"\)/);
      expect(put.message).toContain(line.split(":")[0]);
      const wide = jit((v: NDArray) => v.astype("int64").add(1));
      expect(thrownBy(() => wide(x)).message).toMatch(
        /^convert at .*webgpu\.test\.ts:\d+.* needs int64, .*astype\("int32"\)/,
      );
    });
  });
});

describe("programs", () => {
  afterEach(() => vi.restoreAllMocks());

  it("print traced values when they are there, in order", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const f = jit((v: NDArray) => {
      debug.print("v = {}", v);
      debug.print("sum = {}", v.sum());
      return v.mul(2);
    });
    const x = devicePut(jnp.arange(3), gpu);
    f(x).dispose();
    f(x.add(1));
    await effectsBarrier();
    expect(log.mock.calls.map(([line]) => line)).toEqual([
      "v = [0 1 2]",
      "sum = 3",
      "v = [1 2 3]",
      "sum = 6",
    ]);
  });

  it("loop: with steps that are known, and with a condition on what is computed", async () => {
    const x = devicePut(jnp.ones([4]), gpu);
    const known = jit((v: NDArray) => lax.foriLoop(0, 1000, (_, c) => c.mul(1.001), v));
    expect((await values(known(x)))[3]).toBeCloseTo(1.001 ** 1000, 3);
    const open = jit((v: NDArray) =>
      lax.whileLoop(
        (c: NDArray) => c.sum().lt(1000),
        (c: NDArray) => c.mul(2),
        v,
      ),
    );
    expect(await values(open(x))).toEqual([256, 256, 256, 256]);
    const branch = jit((v: NDArray) =>
      lax.cond(
        v.sum().gt(0),
        (c: NDArray) => c.add(1),
        (c: NDArray) => c.sub(1),
        v,
      ),
    );
    expect(await values(branch(x))).toEqual([2, 2, 2, 2]);
    expect(await values(branch(x.neg()))).toEqual([-2, -2, -2, -2]);
  });

  it("draw the same random numbers as on the CPU", async () => {
    const draw = jit((key: NDArray) => random.uniform(key, [1000]));
    const key = random.PRNGKey(7);
    const [here3, there] = [draw(devicePut(key, cpu)), draw(devicePut(key, gpu))];
    expect(await values(there)).toEqual(await values(here3));
  });

  it("free what a scope made, what is disposed of, and what is donated", async () => {
    const x = devicePut(jnp.ones([10_000]), gpu);
    await x.blockUntilReady();
    const before = debug.memory(gpu).liveBytes;
    const kept = config.with({ defaultDevice: "webgpu" }, () =>
      scope(() => {
        for (let i = 0; i < 10; i++) x.add(i);
        return x.mul(2);
      }),
    );
    expect(await values(kept.sum())).toEqual([20_000]);
    const step = jit((v: NDArray) => v.add(1), { donateArgnums: 0 });
    const next = step(kept);
    expect(thrownBy(() => kept.add(1))).toBeInstanceOf(errors.DeletedArrayError);
    expect((await values(next))[0]).toBe(3);
    next.dispose();
    expect(debug.memory(gpu).liveBytes - before).toBeLessThan(10_000);
  });
});

describe("a lost device", () => {
  it("takes its own arrays along, and neither the CPU's nor the next call", async () => {
    const onCpu = jnp.arange(100).add(1);
    const onGpu = devicePut(onCpu, gpu);
    const f = jit((v: NDArray) => v.mul(2));
    await values(f(onGpu));
    const { session } = gpu as unknown as {
      session: { readonly device: GPUDevice; readonly whenLost: Promise<unknown> };
    };
    session.device.destroy();
    await session.whenLost;
    const error = thrownBy(() => f(onGpu));
    expect(error).toBeInstanceOf(errors.DeviceLostError);
    expect(error.message).toMatch(/compute these arrays again.*\n {2}at .*webgpu\.test\.ts/s);
    await expect(async () => onGpu.data()).rejects.toThrow(errors.DeviceLostError);
    expect(onCpu.item(99)).toBe(100);
    expect((await values(f(devicePut(onCpu, gpu))))[99]).toBe(200);
  });
});

function runNode(args: readonly string[], env: Record<string, string> = {}) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--conditions=fluxion-source", ...args],
    { cwd: root, encoding: "utf8", env: { ...process.env, ...env }, timeout: 60_000 },
  );
  return { status, signal, stdout, stderr };
}

describe("Node", () => {
  const prologue = `
import { devices, devicePut, jit, jnp } from "fluxion";
const f = jit((x) => jnp.sin(x).add(1));
const x = devicePut(jnp.ones([1000]), devices("gpu")[0]);
`;

  it.each([
    ["when nothing was awaited", "f(x);"],
    ["after a result", "console.error(String((await f(x).data()).length).slice(4));"],
    ["with a result that nobody waits for", "f(x).data();"],
    ["in the middle of everything", "for (let i = 0; i < 100; i++) f(x); process.exit(0);"],
    [
      "after a loss",
      "await f(x).data(); devices('gpu')[0].session.device.destroy(); f(devicePut(jnp.ones([1000]), 'gpu'));",
    ],
  ])("ends by itself %s", (_, program) => {
    const { status, signal, stderr } = runNode(["--input-type=module", "--eval", prologue + program]);
    expect({ status, signal, stderr: stderr.trim() }).toEqual({ status: 0, signal: null, stderr: "" });
  });

  it("takes the device from the environment", () => {
    const program = `import { devices, jnp } from "fluxion"; console.log(String(devices()[0]), (await jnp.arange(4).add(1).data()).join());`;
    const { stdout, status } = runNode(["--input-type=module", "--eval", program], {
      FLUXION_DEVICE: "webgpu",
    });
    expect({ stdout, status }).toEqual({ stdout: "GpuDevice(id=0) 1,2,3,4\n", status: 0 });
  });
});

describe("the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "fluxion-webgpu-"));
  const program = join(folder, "program.ts");
  writeFileSync(
    program,
    `import { jit, jnp } from "fluxion";
const f = jit((x) => jnp.tanh(x).mul(3));
console.log(Array.from(await f(jnp.ones([2])).data(), (v) => v.toFixed(3)).join());\n`,
  );
  writeFileSync(
    join(folder, "module.mlir"),
    "func.func @main() -> tensor<3xf32> {\n%0 = stablehlo.iota dim = 0 : tensor<3xf32>\nreturn %0 : tensor<3xf32>\n}",
  );
  const cli = "packages/fluxion/src/cli/main.ts";
  // Programs outside of the repository find the library through its link in node_modules.
  const args = (...more: string[]): string[] => [cli, "run", ...more];

  it("runs modules and programs on the GPU, and shows shaders, dispatches and times", () => {
    const module = runNode(args(join(folder, "module.mlir"), "--device", "webgpu"));
    expect(module).toMatchObject({ status: 0, stdout: "Array([0., 1., 2.], dtype=float32)\n" });
    writeFileSync(join(root, "examples", ".webgpu-test.ts"), readFileSync(program, "utf8"));
    try {
      const shown = runNode(
        args("examples/.webgpu-test.ts", "--device", "webgpu", "--dump-ir=wgsl", "--timing"),
      );
      expect(shown).toMatchObject({ status: 0, stdout: "2.285,2.285\n" });
      expect(shown.stderr).toMatch(/^\/\/ {3}dispatch \w+ 1×1×1 \(/m);
      expect(shown.stderr).toMatch(/^\/\/ {3}binding 0: \w+, buffer \d+, 2 × float32, written$/m);
      expect(shown.stderr).toMatch(/^\/\/ {3}tanh at .*webgpu-test\.ts:2/m);
      expect(shown.stderr).toMatch(/1 dispatches +\d+\.\d\d ms on the GPU, \d+\.\d µs each/);
      const dumps = join(folder, "dumps");
      runNode(args("examples/.webgpu-test.ts", "--device", "webgpu", "--dump-dir", dumps));
      expect(readdirSync(dumps).filter((name) => name.endsWith(".wgsl")).length).toBeGreaterThan(0);
    } finally {
      rmSync(join(root, "examples", ".webgpu-test.ts"));
      rmSync(folder, { recursive: true });
    }
  });

  it("says what is missing where there is no adapter", () => {
    const { status, stderr } = runNode([cli, "run", "examples/selu.ts", "--device", "webgpu"], {
      VK_DRIVER_FILES: "/nowhere.json",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/fluxion: --device webgpu: no WebGPU adapter: .*apt-get install chromium/);
  });
});

describe("derivatives on the GPU", () => {
  it("of sort and of gathers need no 64-bit integers", async () => {
    const x = devicePut(jnp.array([3, 1, 2], "float32"), gpu);
    const weights = [1, 2, 3];
    const sorted = grad((v: NDArray) => jnp.sort(v).mul(jnp.array(weights, "float32")).sum());
    const taken = grad((v: NDArray) => jnp.take(v, jnp.array([2, 2, 0])).sum());
    expect(await values(sorted(x))).toEqual([3, 1, 2]);
    expect(await values(taken(x))).toEqual([1, 0, 2]);
  });

  it("cannot wait for a value, and say so", () => {
    const x = devicePut(jnp.array(2, "float32"), gpu).add(1);
    const f = grad((v: NDArray) => (Number(v.item()) > 0 ? v.mul(2) : v));
    const error = thrownBy(() => f(x));
    expect(error).toBeInstanceOf(errors.SynchronousReadError);
    expect(error.message).toContain("a function that is being differentiated cannot wait");
  });
});
