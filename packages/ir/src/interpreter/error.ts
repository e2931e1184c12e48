/** A program that the interpreter cannot run, or arguments that do not fit it. */
export class InterpreterError extends Error {
  override readonly name = "InterpreterError";
}
