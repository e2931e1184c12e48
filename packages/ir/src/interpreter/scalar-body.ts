/** Regions on scalars as functions of scalars. */

import type { Region } from "../module.ts";
import type { Bodies } from "./reduce.ts";
import { allocate, reader, type Scalar, type Tensor, writer } from "./tensor.ts";

export type ScalarBody = (args: readonly Scalar[]) => readonly Scalar[];

/** The region's results for its arguments; straight code where the region compiles, else run as a block. */
export function scalarBody(region: Region, bodies: Bodies): ScalarBody {
  const compiled = bodies.compile(region);
  if (compiled !== undefined) {
    const { registers, results, run } = compiled;
    return (args) => {
      for (let i = 0; i < args.length; i++) registers[i] = args[i];
      run();
      return results.map((slot) => registers[slot]);
    };
  }
  const types = region.arguments.map(({ type }) => type);
  const tensorOf = (value: Scalar, i: number): Tensor => {
    const tensor = allocate(types[i]);
    writer(types[i].dtype, tensor.data)(0, value);
    return tensor;
  };
  return (args) =>
    bodies.run(region, args.map(tensorOf)).map(({ type, data }) => reader(type.dtype, data)(0));
}
