export { besselI0eSeries } from "./bessel-series.ts";
export * from "./builder.ts";
export { type CountedLoop, countedLoop } from "./counted-loop.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export {
  CheckFailure,
  type CheckResult,
  isCheckTarget,
  runCheck,
  ulpDistance,
} from "./interpreter/checks.ts";
export { InterpreterError } from "./interpreter/error.ts";
export {
  type InterpretOptions,
  interpret,
  interpretFunction,
  runChecks,
} from "./interpreter/interpret.ts";
export * as coefficients from "./kernel/coefficients.ts";
export * as kernel from "./kernel/index.ts";
export * from "./literal.ts";
export * from "./module.ts";
export { acceptsDType } from "./ops/elementwise.ts";
export type * from "./ops/schema.ts";
export { bitcastShape, paddedSize } from "./ops/shape.ts";
export * from "./ops/table.ts";
export {
  asGatherNumbers,
  asScatterNumbers,
  type WindowMap,
  windowMap,
} from "./ops/window-map.ts";
export * from "./scalar.ts";
export * from "./tensor-type.ts";
export { ParseError } from "./text/parse-error.ts";
export { type ParseOptions, parseModule, parseModules } from "./text/parser.ts";
export { formatFloat, printDense } from "./text/print-dense.ts";
export {
  type PrintOptions,
  printFunc,
  printLocation,
  printModule,
  printOperation,
} from "./text/printer.ts";
export {
  annotateModule,
  type Diagnostic,
  formatDiagnostics,
  VerificationError,
} from "./verifier/diagnostics.ts";
export { assertValid, verify } from "./verifier/verify.ts";
