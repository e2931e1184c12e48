/** Every function that shaders may call, by name. */

import { atanFunctions } from "./atan.ts";
import { bitFunctions } from "./bits.ts";
import { erfFunctions } from "./erf.ts";
import { expFunctions } from "./exp.ts";
import { gammaFunctions } from "./gamma.ts";
import { integerFunctions } from "./integer.ts";
import { logFunctions } from "./log.ts";
import { rootFunctions } from "./roots.ts";
import { trigFunctions } from "./trig.ts";

export const templates: Readonly<Record<string, string>> = {
  ...bitFunctions,
  ...integerFunctions,
  ...expFunctions,
  ...logFunctions,
  ...trigFunctions,
  ...rootFunctions,
  ...atanFunctions,
  ...erfFunctions,
  ...gammaFunctions,
};
