/**
 * Logistic regression by gradient descent: which of 32 cars have a manual gearbox, judged by weight and power?
 *
 * The model is p = σ(w·x + b) with σ(t) = 1 / (1 + e⁻ᵗ), and what it should make small is the mean of −log p over the cars with
 * a manual gearbox and of −log(1 − p) over the others.
 */
import { join } from "node:path";
import { io, jit, jnp, type NDArray, nn, tree, valueAndGrad } from "fluxion";

const file = join(import.meta.dirname, "data", "mtcars.csv");
const cars = io.genfromtxt(file, { delimiter: ";", names: true, dtype: "float32" });
const features = jnp.stack([cars.wt, cars.hp], 1);
const manual = cars.am;

// Columns of the same scale: the loss is then about as steep in every direction, and one rate of descent fits all.
const [mean, scale] = [features.mean(0), features.std(0)];
const x = features.sub(mean).div(scale);

interface Model {
  readonly w: NDArray;
  readonly b: NDArray;
}
const places = (a: NDArray, digits: number): string =>
  [...a.ravel().dataSync()].map((v) => Number(v).toFixed(digits)).join(" ");

const logit = ({ w, b }: Model): NDArray => x.matmul(w).add(b);

// 1 − σ(t) = σ(−t), and logSigmoid does not overflow where log(sigmoid) does.
function loss(model: Model): NDArray {
  const t = logit(model);
  return jnp.where(manual.eq(1), nn.logSigmoid(t), nn.logSigmoid(t.neg())).mean().neg();
}

// The slope of the loss in every parameter, then a step down it. The gradient has the structure of the model.
const rate = 2;
const descend = jit((model: Model) => {
  const [value, gradient] = valueAndGrad(loss)(model);
  return { value, model: tree.map((p, slope) => p.sub(slope.mul(rate)), model, gradient) };
});

let model: Model = { w: jnp.zeros([2]), b: jnp.zeros([]) };

// Worked out by hand, the gradient is Xᵀ(p − y) / n.
const residual = nn.sigmoid(logit(model)).sub(manual);
const [, automatic] = valueAndGrad(loss)(model);
console.log(`by grad: ${places(automatic.w, 4)} ${places(automatic.b, 4)}`);
console.log(`by hand: ${places(x.T.matmul(residual).div(32), 4)} ${places(residual.mean(), 4)}`);

for (let step = 0; step <= 2000; step++) {
  const next = descend(model);
  if ([0, 10, 100, 1000, 2000].includes(step)) {
    const right = logit(model).gt(0).eq(manual.eq(1)).sum();
    console.log(
      `step ${String(step).padStart(4)}: loss ${Number(next.value).toFixed(4)}, ${right.item()} of 32 cars right`,
    );
  }
  model = next.model;
}

// Back to the units of the table. R's glm(am ~ wt + hp, family = binomial) says −8.08, 0.04 and 18.87.
const w = model.w.div(scale);
const b = model.b.sub(w.dot(mean));
console.log(`per 1000 lb and per horsepower: ${places(w, 2)}, intercept: ${places(b, 2)}`);
