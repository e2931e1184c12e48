/** The user's line in errors of the layers below, which know nothing of it. */

import { OutOfMemoryError } from "@fluxion/runtime";
import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";

/** Runs `fn`; where memory does not suffice, the error's text ends in the user's line. */
export function withUserLine<T>(fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (error instanceof OutOfMemoryError) error.message += atLocation(userLocation());
    throw error;
  }
}
