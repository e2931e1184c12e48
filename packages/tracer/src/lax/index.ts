export { stopGradient } from "../transforms/stop-gradient.ts";
export { optimizationBarrier } from "./barrier.ts";
export { besselI0e, besselI1e } from "./bessel.ts";
export {
  type AxisName,
  axisIndex,
  axisSize,
  pmax,
  pmean,
  pmin,
  psum,
} from "./collectives.ts";
export * from "./control/index.ts";
export * from "./creation.ts";
export * from "./dot.ts";
export * from "./dynamic.ts";
export * from "./elementwise.ts";
export { allGather, allToAll, ppermute, pshuffle, psumScatter, pswapaxes } from "./exchange.ts";
export { reduce, reduceWindow, type WindowOptions } from "./fold.ts";
export { type GatherDimensionNumbers, type GatherOptions, gather } from "./gather.ts";
export type { IndexMode } from "./indices.ts";
export {
  batchMatmul,
  broadcastShapes,
  broadcastToRank,
  collapse,
  empty,
  reciprocal,
  selectN,
  stack,
  tile,
  unstack,
} from "./more.ts";
export {
  broadcast,
  broadcastInDim,
  concatenate,
  expandDims,
  indexInDim,
  type PaddingConfig,
  pad,
  reshape,
  rev,
  slice,
  sliceInDim,
  split,
  squeeze,
  transpose,
} from "./movement.ts";
export * from "./powers.ts";
export {
  argmax,
  argmin,
  reduceAnd,
  reduceMax,
  reduceMin,
  reduceOr,
  reduceProd,
  reduceSum,
  reduceXor,
} from "./reduce.ts";
export {
  type ScatterDimensionNumbers,
  type ScatterOptions,
  scatter,
  scatterAdd,
  scatterApply,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterSub,
} from "./scatter.ts";
export * from "./select.ts";
export { approxMaxK, approxMinK, type SortOptions, sort, sortKeyVal, topK } from "./sort.ts";
export * from "./window.ts";
