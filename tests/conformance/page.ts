/** The conformance table in a page: bundled from the sources, because it needs more than the package exports. */

import { CpuDevice, GpuDevice, loadCodeGenerator } from "@fluxion/runtime";
import { type Report, runTable } from "./run.ts";
import { conformanceTable } from "./table.ts";

export interface PageReport extends Report {
  /** What computed it. */
  readonly device: string;
}

const wide = ["int64", "uint64", "float64", "complex128"];

/** Every cell that the device can hold. */
export async function run(kind: "cpu" | "gpu"): Promise<PageReport> {
  const cells = conformanceTable();
  if (kind === "cpu") {
    await loadCodeGenerator();
    return { ...(await runTable(new CpuDevice(), cells)), device: "CPU" };
  }
  const device = new GpuDevice();
  await device.open();
  const narrow = cells.filter(({ dtype }) => !wide.includes(dtype));
  return { ...(await runTable(device, narrow)), device: device.description ?? "" };
}

Object.assign(globalThis, { conformance: { run } });
