/** Who is told about every stage of every compilation: dumps and timings hang on here. */

/** Told after each stage; `text` makes the stage's text when asked for. */
export type CompileObserver = (event: {
  readonly program: string;
  readonly stage: string;
  readonly milliseconds: number;
  readonly text: () => string;
}) => void;

const observers = new Set<CompileObserver>();

/** Adds an observer; the function that it returns takes it away again. */
export function observeCompilation(observer: CompileObserver): () => void {
  observers.add(observer);
  return () => observers.delete(observer);
}

export function reportStage(program: string, stage: string, milliseconds: number, text: () => string): void {
  for (const observer of observers) observer({ program, stage, milliseconds, text });
}
