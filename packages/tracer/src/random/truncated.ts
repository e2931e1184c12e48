/** Samplers that transform normal draws: between bounds, and their exponentials. */

import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { sampleDType, samplerOptions, uniformBody } from "./bits.ts";
import { checkKey } from "./keys.ts";
import { drawShape, normalBody } from "./samplers.ts";

/** Normal draws between `lower` and `upper`, which broadcast: √2 · erf⁻¹ of a uniform draw between their erf. */
export function truncatedNormal(
  key: ArrayLike,
  lower: ArrayLike,
  upper: ArrayLike,
  ...rest: readonly unknown[]
): NDArray {
  const options = samplerOptions("truncatedNormal", rest);
  const dtype = sampleDType("truncatedNormal", options.dtype);
  const bounds = [lower, upper].map((x, i) => asArray(x, "random.truncatedNormal", i + 1));
  const shape = drawShape("truncatedNormal", options.shape, bounds);
  const operands = [checkKey("truncatedNormal", key), ...bounds];
  return dispatchOne("random.truncatedNormal", operands, { shape, dtype }, ([k, low, high], s) => {
    const root = full([], Math.SQRT2, s.dtype);
    const [a, b] = [low, high].map((x) => broadcastTo(convert(x, s.dtype), s.shape));
    const edges = [a, b].map((x) => lax.erf(lax.div(x, broadcastTo(root, s.shape))));
    const u = uniformBody(k, s.shape, s.dtype, edges[0], edges[1]);
    const draw = lax.mul(broadcastTo(root, s.shape), lax.erfInv(u));
    const infinity = broadcastTo(full([], Number.POSITIVE_INFINITY, s.dtype), s.shape);
    return lax.clamp(lax.nextafter(a, infinity), draw, lax.nextafter(b, lax.neg(infinity)));
  });
}

/** exp(σ·z) of normal draws z. */
export function lognormal(key: ArrayLike, sigma: ArrayLike = 1, ...rest: readonly unknown[]): NDArray {
  const options = samplerOptions("lognormal", rest);
  const dtype = sampleDType("lognormal", options.dtype);
  const width = asArray(sigma, "random.lognormal", 1);
  const shape = drawShape("lognormal", options.shape, [width]);
  return dispatchOne("random.lognormal", [checkKey("lognormal", key), width], { shape, dtype }, ([k, w], s) =>
    lax.exp(lax.mul(normalBody(k, s.shape, s.dtype), broadcastTo(convert(w, s.dtype), s.shape))),
  );
}
