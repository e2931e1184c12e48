/** The pretty form of every op that has one of its own. */

import type { Opcode } from "../../ops/table.ts";
import * as compute from "./compute.ts";
import * as elementwise from "./elementwise.ts";
import type { Form } from "./form.ts";
import * as shape from "./shape.ts";

export const forms = {
  compare: elementwise.compare,
  select: elementwise.select,
  clamp: elementwise.clamp,
  complex: elementwise.complex,
  reduce_precision: elementwise.reducePrecision,
  optimization_barrier: elementwise.optimizationBarrier,
  constant: shape.constant,
  iota: shape.iota,
  broadcast_in_dim: shape.broadcastInDim,
  transpose: shape.transpose,
  reverse: shape.reverse,
  slice: shape.slice,
  pad: shape.pad,
  concatenate: shape.concatenate,
  dynamic_slice: shape.dynamicSlice,
  dynamic_update_slice: shape.functionTyped,
  reshape: shape.functionTyped,
  bitcast_convert: shape.functionTyped,
  reduce: compute.reduce,
  dot_general: compute.dotGeneral,
  while: compute.whileLoop,
  call: compute.call,
  custom_call: compute.customCall,
  return: compute.returns,
  "chlo.top_k": compute.topK,
} as const satisfies { readonly [K in Opcode]?: Form<K> };

const byOpcode: { readonly [K in Opcode]?: Form<never> } = forms;

/** The op's own form; undefined for the uniform elementwise form and for ops that are always generic. */
export const formOf = (opcode: Opcode): Form<never> | undefined => byOpcode[opcode];
