/** Every op on every dtype and class of shapes means on the CPU and on the GPU what it means on the reference interpreter. */

import { type DType, dtypes } from "@fluxion/ir";
import { CpuDevice, type Device, GpuDevice, UnsupportedOnWebGpuError } from "@fluxion/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { runTable } from "./conformance/run.ts";
import { conformanceTable, testedOps } from "./conformance/table.ts";

const wide: readonly DType[] = ["int64", "uint64", "float64", "complex128"];
const cells = conformanceTable();
const narrow = cells.filter(({ dtype }) => !wide.includes(dtype));

const cpu = new CpuDevice();
const gpu = new GpuDevice();
afterAll(() => cpu.runtime.close());

const patience = 600_000;

describe("the conformance table", () => {
  it("has cells for every op and dtype", () => {
    expect(testedOps.filter((opcode) => !cells.some((cell) => cell.opcode === opcode))).toEqual([]);
    expect(dtypes.filter((dtype) => !cells.some((cell) => cell.dtype === dtype))).toEqual([]);
  });

  it.each<[string, Device, typeof cells]>([
    ["CPU", cpu, cells],
    ["GPU", gpu, narrow],
  ])(
    "holds on the %s",
    async (_, device, rows) => {
      const { passed, faults } = await runTable(device, rows);
      expect(faults).toEqual([]);
      expect(passed).toBe(rows.length);
    },
    patience,
  );

  it("is refused by the GPU on 64-bit dtypes, with the op and the dtype", () => {
    const some = cells.filter(({ dtype, name }) => wide.includes(dtype) && name.endsWith("odd"));
    expect(some.length).toBeGreaterThan(200);
    for (const { module, name, dtype } of some) {
      let error: unknown;
      try {
        gpu.compile(module);
      } catch (thrown) {
        error = thrown;
      }
      expect(error, name).toBeInstanceOf(UnsupportedOnWebGpuError);
      expect(String(error), name).toContain(`needs ${dtype}, which WebGPU does not have`);
    }
  });
});
