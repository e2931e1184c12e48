/**
 * The gradient of each example instead of their mean. A loss of one example is written as if there were no others; `grad`
 * differentiates it, `vmap` does that for a whole batch in one program.
 */
import { grad, jit, jnp, type NDArray, tree, vmap } from "fluxion";

interface Line {
  readonly slope: NDArray;
  readonly offset: NDArray;
}

/** The squared error of a line at one point. */
const loss = ({ slope, offset }: Line, x: NDArray, y: NDArray): NDArray =>
  jnp.square(slope.mul(x).add(offset).sub(y));

// Every example has its own x and y (axis 0) and all share one line (null).
const perExample = jit(vmap(grad(loss), { inAxes: [null, 0, 0] }));

const line: Line = { slope: jnp.array(2, "float32"), offset: jnp.array(0, "float32") };
const x = jnp.array([0, 1, 2, 3], "float32");
const y = jnp.array([0, 2, 4, 16], "float32");
const each: Line = perExample(line, x, y);
console.log(`slope:  ${each.slope}`);
console.log(`offset: ${each.offset}`);

// Their mean is the gradient of the mean.
const meanLoss = (l: Line): NDArray => vmap(loss, { inAxes: [null, 0, 0] })(l, x, y).mean();
const ofMean: Line = grad(meanLoss)(line);
console.log(`mean: ${each.slope.mean().item()} ${each.offset.mean().item()}`);
console.log(`grad: ${ofMean.slope.item()} ${ofMean.offset.item()}`);

// The last point lies far from the line and decides everything. Clipping each gradient to length 5 bounds what one example can do;
// so does private training, which then adds noise (Abadi et al. 2016).
const clip = (g: Line): Line => {
  const norm = jnp.sqrt(jnp.square(g.slope).add(jnp.square(g.offset)));
  return tree.map((part) => part.mul(jnp.minimum(1, jnp.divide(5, jnp.maximum(norm, 1e-9)))), g);
};
const clipped = vmap(clip)(each);
console.log(`clipped: ${clipped.slope}`);
