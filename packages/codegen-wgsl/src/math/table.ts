/** Every function that shaders may call, by name. */

import { bitFunctions } from "./bits.ts";
import { integerFunctions } from "./integer.ts";

export const templates: Readonly<Record<string, string>> = {
  ...bitFunctions,
  ...integerFunctions,
};
