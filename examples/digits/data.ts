/** Handwritten digits: 8 × 8 grey pixels each and the digit that they show, split into what is learned from and what is not. */
import { join } from "node:path";
import { io, jnp, type NDArray, random } from "fluxion";

export interface Digits {
  /** A row of 64 pixels for each picture, from 0 (white) to 1 (black). */
  readonly images: NDArray;
  /** The digits, int32. */
  readonly labels: NDArray;
}

/** All 1797 pictures in an order that depends on the key only: the first 1437 to train with, the other 360 to test with. */
export function loadDigits(key: NDArray): { train: Digits; test: Digits } {
  const file = join(import.meta.dirname, "..", "data", "digits.csv.gz");
  const table = random.permutation(key, io.loadtxt(file, { delimiter: ",", dtype: "float32" }));
  const part = (rows: string): Digits => ({
    images: table.get(`${rows}, :64`).div(16),
    labels: table.get(`${rows}, 64`).astype(jnp.int32),
  });
  return { train: part(":1437"), test: part("1437:") };
}
