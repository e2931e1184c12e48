/** How many workgroups a dispatch has in each direction. */

import type { WgslLimits } from "../types.ts";

/** So many workgroups in rows as long as a dimension may be. */
export function workgroupGrid(count: number, limits: WgslLimits): readonly [number, number, number] {
  const most = limits.workgroupsPerDimension;
  return count <= most ? [count, 1, 1] : [most, Math.ceil(count / most), 1];
}

/** The text of a workgroup's number, whose rows are as long as the grid's first dimension. */
export const groupNumber = (grid: readonly number[]): string =>
  grid[1] === 1 ? "wid.x" : `(wid.x + wid.y * ${grid[0]}u)`;
