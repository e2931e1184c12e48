/** A data set: read a table of cars, standardise its columns, save the result and read it back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, jit, jnp, type NDArray } from "fluxion";

const file = join(import.meta.dirname, "data", "mtcars.csv");
const names = ["cyl", "disp", "hp", "drat", "wt", "qsec", "vs", "am", "gear", "carb", "mpg"];
const cars = io.genfromtxt(file, { delimiter: ";", skipHeader: 1, dtype: "float32" });
console.log(`cars: (${cars.shape}) ${cars.dtype}`);

const row = (values: NDArray): string => [...values.dataSync()].map((v) => Number(v).toFixed(2)).join(" ");
console.log(names.join(" "));
console.log(`means: ${row(cars.mean(0))}`);
console.log(`stds:  ${row(cars.std(0))}`);

const standardise = jit((d: NDArray) => d.sub(d.mean(0)).div(d.std(0)));
const z = standardise(cars);
console.log(`first car, standardised: ${row(z.get(0))}`);

// Standardised columns have their correlations as products: how the others go with miles per gallon.
const correlations = z.get(":", -1).matmul(z).div(cars.shape[0]);
console.log(`correlation with mpg: ${row(correlations)}`);

// Save in NumPy's format; numpy.load reads this file too.
const folder = mkdtempSync(join(tmpdir(), "fluxion-"));
try {
  const path = join(folder, "mtcars.npy");
  io.save(path, z);
  const back = io.load(path as `${string}.npy`);
  console.log(`read back: (${back.shape}) ${back.dtype}, equal: ${jnp.arrayEqual(back, z).item()}`);
} finally {
  rmSync(folder, { recursive: true });
}
