/**
 * `x[0]` and `x[0] = 1`: JavaScript finds neither on an array, so the search reaches the end of the prototype chain,
 * where a proxy turns it into advice. Known properties are found before, so they cost nothing more.
 */

import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { NDArray } from "../core/ndarray.ts";

/** `0`, `-1`, `1:3`, `0,2`, or the text of an array or of an object: keys that can only be meant as an index. */
const looksLikeIndex = (key: string | symbol): key is string =>
  typeof key === "string" &&
  /^(-?\d+(,-?\d+)*|[-\d:,\s.]*[:.][-\d:,\s.]*|null|Array\(.*|\[object .*)$/s.test(key);

const handler: ProxyHandler<object> = {
  get(target, key, receiver) {
    if (looksLikeIndex(key)) {
      throw new TypeError(
        `Arrays are not indexed by x[${key}] in JavaScript: use x.get(${key}). It takes one entry for each axis: ` +
          `numbers, ranges ("1:5", "::2"), null for a new axis, "..."${atLocation(userLocation())}`,
      );
    }
    return Reflect.get(target, key, receiver);
  },
  set(target, key, value, receiver) {
    if (looksLikeIndex(key)) {
      throw new TypeError(
        `JAX arrays are immutable and do not support in-place item assignment. Instead of x[${key}] = y, write ` +
          `x = x.at(${key}).set(y), or another method of x.at(...)${atLocation(userLocation())}`,
      );
    }
    return Reflect.set(target, key, value, receiver);
  },
};

/** Ends the prototype chain of arrays with the proxy. */
export function guardUnknownKeys(): void {
  Object.setPrototypeOf(NDArray.prototype, new Proxy(Object.create(Object.prototype), handler));
}
