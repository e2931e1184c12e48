/** `treeUtil`: the functions of `tree` under the names that `jax.tree_util` has for them. */

export {
  all as treeAll,
  flatten as treeFlatten,
  flattenWithPath as treeFlattenWithPath,
  keystr,
  leaves as treeLeaves,
  leavesWithPath as treeLeavesWithPath,
  map as treeMap,
  mapWithPath as treeMapWithPath,
  reduce as treeReduce,
  registerPytreeNode,
  structure as treeStructure,
  type TreeDef as PyTreeDef,
  transpose as treeTranspose,
  unflatten as treeUnflatten,
} from "./tree.ts";
