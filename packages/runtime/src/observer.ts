/** Who is told about every stage of every compilation and about every run on a GPU: dumps and timings hang on here. */

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

/** One kernel of a run, timed by the GPU's clock. */
export interface TimedKernel {
  readonly name: string;
  readonly milliseconds: number;
}

/** Told of every call of a program on a GPU that can time its kernels. */
export type RunObserver = (event: {
  readonly program: string;
  readonly kernels: readonly TimedKernel[];
}) => void;

const runObservers = new Set<RunObserver>();

/** Adds an observer, which makes runs slower; the function that it returns takes it away again. */
export function observeRuns(observer: RunObserver): () => void {
  runObservers.add(observer);
  return () => runObservers.delete(observer);
}

export const isRunObserved = (): boolean => runObservers.size > 0;

export function reportRun(event: Parameters<RunObserver>[0]): void {
  for (const observer of runObservers) observer(event);
}
