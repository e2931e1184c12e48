/** A program that used worker threads ends by itself, whatever the workers are doing. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const runtime = fileURLToPath(new URL("../src/cpu/cpu-runtime.ts", import.meta.url));
const module = fileURLToPath(new URL("./fork-module.ts", import.meta.url));

const PROLOGUE = `
import { CpuRuntime } from ${JSON.stringify(runtime)};
import { FRAME, FRAME_BYTES, forkModule } from ${JSON.stringify(module)};
const runtime = new CpuRuntime({ threads: 4 });
const instance = runtime.instantiate(forkModule(true));
const array = runtime.alloc(4000, "array");
const frame = runtime.alloc(FRAME_BYTES, "frame");
const values = { array, kernel: 0, extent: 1000, grain: 1, repeat: 100 };
for (const [name, value] of Object.entries(values)) runtime.memory.i32[(frame + FRAME[name]) / 4] = value;
instance.main(frame);
`;

it.each([
  ["workers that are starting", ""],
  ["workers that spin", "await runtime.ready(); instance.main(frame);"],
  ["workers that sleep", "await runtime.ready(); await new Promise((r) => setTimeout(r, 50));"],
  [
    "workers that are parked",
    "await runtime.ready(); runtime.threads = 1; await new Promise((r) => setTimeout(r, 20));",
  ],
  ["workers that were ended", "await runtime.ready(); runtime.close();"],
])("with %s", (_, epilogue) => {
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ["--conditions=fluxion-source", "--input-type=module", "--eval", PROLOGUE + epilogue],
    { encoding: "utf8", timeout: 20_000 },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
});
