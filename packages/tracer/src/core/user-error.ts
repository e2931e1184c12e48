/** Errors that end in the user's line. */

import { AttributeError, atLocation, NotImplementedError } from "./errors.ts";
import { userLocation } from "./location.ts";

export const typeError = (text: string): TypeError => new TypeError(text + atLocation(userLocation()));
export const rangeError = (text: string): RangeError => new RangeError(text + atLocation(userLocation()));
export const attributeError = (text: string): AttributeError =>
  new AttributeError(text + atLocation(userLocation()));
export const notImplemented = (text: string): NotImplementedError =>
  new NotImplementedError(text + atLocation(userLocation()));
