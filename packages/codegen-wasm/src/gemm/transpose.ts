/** Transposing small blocks of vectors in registers. */
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";

const lanes32 = (...lanes: number[]) => lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
const LOW32 = lanes32(0, 4, 1, 5);
const HIGH32 = lanes32(2, 6, 3, 7);
const LOW64 = lanes32(0, 1, 4, 5);
const HIGH64 = lanes32(2, 3, 6, 7);

/** Two rows of four lanes → columns 0 and 1 in one vector, 2 and 3 in another. */
export function transposePair(f: FunctionBuilder, rows: readonly [Expr, Expr]): [Local, Local] {
  const [a, b] = rows.map((row) => f.let(f.b.v128, row));
  const mix = (mask: number[]): Local => f.let(f.b.v128, f.m.i8x16.shuffle(f.get(a), f.get(b), mask));
  return [mix(LOW32), mix(HIGH32)];
}

/** Rows of vectors → columns; as many rows as a vector has lanes (4 or 2). */
export function transposeBlock(f: FunctionBuilder, rows: readonly Expr[]): Local[] {
  const mix = (x: Local, y: Local, mask: number[]): Local =>
    f.let(f.b.v128, f.m.i8x16.shuffle(f.get(x), f.get(y), mask));
  const named = rows.map((row) => f.let(f.b.v128, row));
  if (named.length === 2) {
    const [x, y] = named;
    return [mix(x, y, LOW64), mix(x, y, HIGH64)];
  }
  const [a, b, c, d] = named;
  const [ab, cd] = [mix(a, b, LOW32), mix(c, d, LOW32)];
  const [ab2, cd2] = [mix(a, b, HIGH32), mix(c, d, HIGH32)];
  return [mix(ab, cd, LOW64), mix(ab, cd, HIGH64), mix(ab2, cd2, LOW64), mix(ab2, cd2, HIGH64)];
}
