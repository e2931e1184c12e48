export { type BatchedFunc, type BatchOptions, batch } from "./batching/batch.ts";
export { type CollectiveTarget, collectiveAttributes } from "./batching/collectives.ts";
export type {
  BatchAxis,
  CustomBatching,
  CustomBatchingAnswer,
  CustomBatchingRequest,
} from "./batching/rule.ts";
export { ruleOfUser } from "./batching/rule-names.ts";
export { DifferentiationError, type DifferentiationErrorKind } from "./errors.ts";
export { inlineFunction } from "./flatten-calls.ts";
export { type Jvp, jvp } from "./jvp.ts";
export { type Linearized, linearize } from "./linearize.ts";
export { CUSTOM_VJP_TANGENTS } from "./linearize-custom.ts";
export { type FunctionScope, type MakeMember, ModuleScope, member, readMember } from "./scope.ts";
export { transpose } from "./transpose.ts";
export { type Vjp, vjp } from "./vjp.ts";
