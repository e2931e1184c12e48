/** Every operation is said to come from the user's line that made it, also inside of functions that the library calls. */
import { grad, jit, jnp, lax, type NDArray } from "@fluxion/tracer";
import { expect, test } from "vitest";

const file = "locations.test.ts";

/** Lines of this file that a program's kernels name. */
function linesOf(fn: (x: NDArray) => NDArray): number[] {
  const text = jit(fn)
    .lower(jnp.ones([4]))
    .asText("kernels");
  const lines = [...text.matchAll(/ at \S*?([\w.]+):(\d+):\d+/g)].filter(([, name]) => name === file);
  return [...new Set(lines.map(([, , line]) => Number(line)))].sort((a, b) => a - b);
}

/** The line of the caller's caller. */
const here = (): number =>
  Number(/locations\.test\.ts:(\d+)/.exec(`${new Error().stack?.split("\n")[2]}`)?.[1]);

test("each call has a line of its own", () => {
  const start = here();
  const lines = linesOf((x) => {
    const y = jnp.sin(x);
    const z = y.mul(2);
    return jnp.sum(z);
  });
  expect(lines).toEqual([start + 2, start + 3, start + 4]);
});

test("the body of a loop has the lines of what it calls", () => {
  const start = here();
  const lines = linesOf((x) => {
    const body = (_: NDArray, c: NDArray): NDArray => {
      const s = jnp.cos(c);
      return s.add(1);
    };
    return lax.foriLoop(0, 3, body, x) as NDArray;
  });
  expect(lines).toContain(start + 3);
  expect(lines).toContain(start + 4);
});

test("a derivative has the lines of the function", () => {
  const start = here();
  const lines = linesOf((x) => {
    const f = (v: NDArray): NDArray => {
      const s = jnp.sin(v);
      return jnp.sum(s.mul(s));
    };
    return grad(f)(x) as NDArray;
  });
  expect(lines).toEqual([start + 3, start + 4]);
});
