/**
 * Derivatives of functions of one number, exact and without formulas: by `grad`, by `grad` again, and over many points by `vmap`.
 *
 *     node --conditions=fluxion-source examples/derivatives.ts [FILE.svg]
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grad, jnp, type NDArray, nn, vmap } from "fluxion";
import { toSvg } from "./derivatives/chart.ts";

type Curve = (x: NDArray) => NDArray;

const f: Curve = (x) => jnp.power(x, 3).sub(x.mul(2)); // f′ = 3x² − 2,  f″ = 6x
const g: Curve = (x) => jnp.exp(x).mul(jnp.sin(x)); //      g′ = eˣ(sin x + cos x),  g″ = 2eˣ cos x
const h: Curve = (x) => x.mul(jnp.exp(jnp.square(x).div(-2))); // h′ = (1 − x²)e^(−x²/2),  h″ = (x³ − 3x)e^(−x²/2)

// grad makes a function of a function, so it can be applied again.
const show = (name: string, x: number, ...values: NDArray[]): void =>
  console.log(`${name}(${x}), ${name}′, ${name}″: ${values.map((v) => Number(v).toFixed(4)).join(" ")}`);
const point = 1.5;
for (const [name, fn] of Object.entries({ f, g, h })) {
  const x = jnp.array(point);
  show(name, point, fn(x), grad(fn)(x), grad(grad(fn))(x));
}

// The gradient is that of one number by its argument. Of 101 numbers there is none …
const points = jnp.linspace(-4, 4, 101);
try {
  grad(h)(points);
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message.split(". ").slice(0, 2).join(". ")}.`);
}
// … but the derivative at 101 points is what was meant: vmap makes a function of one number into one of many.
const slopes = vmap(grad(h))(points);
const formula = jnp
  .square(points)
  .neg()
  .add(1)
  .mul(jnp.exp(jnp.square(points).div(-2)));
console.log(
  `slopes: ${slopes.shape[0]}, equal to the formula's: ${jnp.allclose(slopes, formula, { atol: 1e-6 }).item()}`,
);

// The logistic curve solves y′ = y(1 − y).
const sigmoid = nn.sigmoid(points);
const steepness = vmap(grad(nn.sigmoid))(points);
const agrees = jnp.allclose(steepness, sigmoid.mul(sigmoid.neg().add(1)), { atol: 1e-6 }).item();
console.log(
  `σ′ = σ(1 − σ): ${agrees}, steepest ${Number(steepness.max())} at ${points.get(steepness.argmax()).item()}`,
);

const numbers = (x: NDArray): number[] => [...x.dataSync()].map(Number);
const svg = await toSvg([
  {
    title: "h and its derivative",
    x: numbers(points),
    curves: { h: numbers(h(points)), "h′": numbers(slopes) },
  },
  {
    title: "The logistic curve",
    x: numbers(points),
    curves: { σ: numbers(sigmoid), "σ′": numbers(steepness) },
  },
]);
const file = process.argv[2] ?? join(tmpdir(), "derivatives.svg");
writeFileSync(file, svg);
console.log(`drawn: ${svg.match(/aria-roledescription="line mark"/g)?.length} curves`);
