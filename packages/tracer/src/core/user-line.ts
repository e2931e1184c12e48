/** The user's line in errors of the layers below, which know nothing of it. */

import {
  DeviceLostError,
  OutOfMemoryError,
  SynchronousReadError,
  UnsupportedOnWebGpuError,
} from "@fluxion/runtime";
import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";

const classes = [OutOfMemoryError, UnsupportedOnWebGpuError, SynchronousReadError];

/** The error; where the device could not do what the line asks for, its text then ends in that line. */
export function atUserLine(error: unknown): unknown {
  if (error instanceof DeviceLostError)
    return new DeviceLostError(error.message + atLocation(userLocation()));
  if (!(error instanceof Error) || !classes.some((errorClass) => error instanceof errorClass)) return error;
  const line = atLocation(userLocation());
  // An operation's own line may stand in the text already.
  if (!error.message.includes(line.trim())) error.message += line;
  return error;
}
