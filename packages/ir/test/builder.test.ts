/** What the builder refuses whatever the op. */

import { describe, expect, test } from "vitest";
import { buildFunction, InferenceError } from "../src/index.ts";

const vector = { dtype: "float32", shape: [3] } as const;

describe("result shapes hold sizes", () => {
  test.each([[[-1, 3]], [[1.5, 3]], [[2 ** 60, 3]], [[Number.NaN, 3]]])("not %j", (shape) => {
    const build = () => buildFunction("f", [vector], (b, [x]) => [b.broadcast(x, shape, [1])]);
    expect(build).toThrow(InferenceError);
    expect(build).toThrow("stablehlo.broadcast_in_dim: the result cannot have shape");
  });
});
