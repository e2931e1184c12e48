/** Checked by the compiler alone: the types of transformed functions. */

import { grad, hessian, jacfwd, jvp, linearize, type NDArray, valueAndGrad, vjp } from "@fluxion/tracer";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : [got: A, expected: B]): void;

type Matrix = NDArray<[3, 4], "float32">;
interface Layer {
  readonly w: Matrix;
  readonly b: NDArray<[4], "float32">;
}
declare const matrix: Matrix;
declare const layer: Layer;
declare const scalar: (x: NDArray) => NDArray<[], "float32">;
declare const loss: (p: Layer, x: Matrix, name: string) => NDArray<[], "float32">;
declare const withAux: (p: Layer) => [NDArray<[], "float32">, { steps: number }];
declare const pair: (x: Matrix, y: NDArray<[4], "float32">) => { z: Matrix };

// Gradients have the type of the argument; scalars may be passed for arrays.
const slope = grad(scalar)(0.5);
same<typeof slope, NDArray>();
const second = grad(grad(scalar))(0.5);
same<typeof second, NDArray>();
const ofLayer = grad(loss)(layer, matrix, "mean");
same<typeof ofLayer, { w: Matrix; b: NDArray<[4], "float32"> }>();
const ofInput = grad(loss, 1)(layer, matrix, "mean");
same<typeof ofInput, Matrix>();
const ofBoth = grad(loss, { argnums: [1, 0] })(layer, matrix, "mean");
same<typeof ofBoth, [Matrix, { w: Matrix; b: NDArray<[4], "float32"> }]>();

// With values and auxiliary results.
const [value, gradient] = valueAndGrad(loss)(layer, matrix, "mean");
same<typeof value, NDArray<[], "float32">>();
same<typeof gradient, { w: Matrix; b: NDArray<[4], "float32"> }>();
const [[, aux]] = valueAndGrad(withAux, { hasAux: true })(layer);
same<typeof aux, { steps: number }>();
const [, gradAux] = grad(withAux, { hasAux: true })(layer);
same<typeof gradAux, { steps: number }>();

// Forward mode and linear maps.
const [result, tangent] = jvp(pair, [matrix, layer.b], [matrix, layer.b]);
same<typeof result, { z: Matrix }>();
same<typeof tangent, { z: Matrix }>();
const [, pull] = vjp(pair, matrix, layer.b);
const cotangents = pull({ z: matrix });
same<typeof cotangents, [x: Matrix, y: NDArray<[4], "float32">]>();
const [, map] = linearize(pair, matrix, layer.b);
same<ReturnType<typeof map>, { z: Matrix }>();

// Jacobians have the argument's structure in place of each leaf of the result.
const jacobian = jacfwd(pair, [0, 1])(matrix, layer.b);
same<typeof jacobian, { z: [NDArray, NDArray] }>();
const curvature = hessian(loss)(layer, matrix, "mean");
same<typeof curvature.w.b, NDArray>();

// @ts-expect-error a string is no array
grad(scalar)("a");
// @ts-expect-error the second argument is missing
jvp(pair, [matrix], [matrix]);
