/** Derivatives of the library's functions against JAX's, at ordinary points and in corners. */

import * as fluxion from "fluxion";
import { describe, expect, test } from "vitest";
import { adapt } from "./adapter.ts";
import { loadDerivatives, runDerivatives, type Transforms } from "./function-derivatives.ts";

fluxion.config.defaultDevice = "interpreter";

const library = adapt(fluxion);
const transforms = fluxion as unknown as Transforms;

describe("derivatives", () => {
  test.each(loadDerivatives())("$id", (golden) => {
    expect(runDerivatives(golden, library, transforms)).toEqual([]);
  });
});
