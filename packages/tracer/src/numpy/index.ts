export { NDArray as ndarray } from "../core/ndarray.ts";
export * as linalg from "../namespaces/linalg.ts";
export * from "./arg.ts";
export * from "./arithmetic.ts";
export { array, asarray } from "./array.ts";
export * from "./astype.ts";
export * from "./axes.ts";
export * from "./bits.ts";
export { broadcastError, tryBroadcastShapes } from "./broadcast.ts";
export * from "./broadcasting.ts";
export * from "./close.ts";
export * from "./complex.ts";
export * from "./constants.ts";
export { corrcoef, cov } from "./covariance.ts";
export * from "./creation.ts";
export { cross } from "./cross.ts";
export * from "./cumulative.ts";
export * from "./differences.ts";
export { dot, inner, kron, matmul, matvec, outer, tensordot, vdot, vecdot, vecmat } from "./dot.ts";
export * from "./dtypes.ts";
export { einsum, einsumPath } from "./einsum.ts";
export * from "./exponential.ts";
export { type FloatInfo, finfo, type IntegerInfo, iinfo } from "./finfo.ts";
export * from "./floating.ts";
export { gcd, lcm } from "./integers.ts";
export {
  append,
  block,
  columnStack,
  concat,
  concatenate,
  dstack,
  hstack,
  stack,
  unstack,
  vstack,
} from "./join.ts";
export * from "./logic.ts";
export * from "./nan.ts";
export { argwhere, flatnonzero, nonzero, where } from "./nonzero.ts";
export { pad } from "./pad.ts";
export * from "./print-settings.ts";
export { median, nanmedian, nanpercentile, nanquantile, percentile, quantile } from "./quantiles.ts";
export { all, amax, amin, any, countNonzero, max, min, prod, sum } from "./reduce.ts";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  expandDims,
  ndim,
  ravel,
  reshape,
  shape,
  size,
  squeeze,
} from "./reshape.ts";
export * from "./rounding.ts";
export { bincount, digitize, histogram, histogramBinEdges, interp, searchsorted } from "./search.ts";
export { argpartition, argsort, lexsort, partition, sort, sortComplex, topK } from "./sort.ts";
export * from "./spaced.ts";
export { arraySplit, dsplit, hsplit, repeat, split, vsplit } from "./split.ts";
export { average, mean, ptp, std, var } from "./statistics.ts";
export { put, putAlongAxis, take, takeAlongAxis } from "./take.ts";
export * from "./text.ts";
export * from "./triangular.ts";
export * from "./trigonometric.ts";
export { type VectorizeOptions, vectorize } from "./vectorize.ts";
export { clip, fmax, fmin, maximum, minimum, nanToNum, select } from "./where.ts";

export * from "./windows.ts";
