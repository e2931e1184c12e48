/** The user's line in errors of the layers below, which know nothing of it. */

import { OutOfMemoryError } from "@fluxion/runtime";
import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";

/** The error; where memory did not suffice, its text then ends in the user's line. */
export function atUserLine(error: unknown): unknown {
  if (error instanceof OutOfMemoryError) error.message += atLocation(userLocation());
  return error;
}
