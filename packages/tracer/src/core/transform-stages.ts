/** Stages of transformations, which dumps show besides those of a compilation. */

import { type Func, printFunc } from "@fluxion/ir";
import { reportStage } from "@fluxion/runtime";

/** What transformations of the IR derive: `linearize` the values with residuals, `transpose` the way back. */
export const transformStages = ["jvp", "linearize", "transpose", "batch"] as const;

/** Tells of a derived function; `name` is the one that it was derived from. */
export function reportTransform(stage: (typeof transformStages)[number], name: string, derived: Func): void {
  reportStage(name, stage, 0, () => printFunc(derived));
}
