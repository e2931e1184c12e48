/** The harness's side of the protocol of serve.ts: one engine in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Engine } from "./engines.ts";
import { errorLine } from "./error-line.ts";

const TIMEOUT_MS = 180_000;
const ANSWERS = ["ready", "absent", "times", "checked", "unsupported", "error"];

/** The engine cannot express a workload, or failed; `message` says which. */
export class EngineError extends Error {}

interface Waiting {
  resolve(line: string): void;
  reject(error: Error): void;
}

export class EngineProcess {
  readonly engine: Engine;
  readonly notes: string[] = [];
  description = "";
  readonly #child: ChildProcess;
  #waiting: Waiting | undefined;
  #errorOutput = "";
  #ended: string | undefined;

  private constructor(engine: Engine, child: ChildProcess) {
    this.engine = engine;
    this.#child = child;
    child.on("error", (error) => this.#end(error.message));
    child.on("exit", (code, signal) => this.#end(`ended with ${signal ?? `code ${code}`}`));
    child.stderr?.on("data", (chunk) => {
      this.#errorOutput = (this.#errorOutput + chunk).slice(-4000);
    });
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => this.#receive(line));
  }

  /** Starts the engine. Throws EngineError with the reason when it is absent on this machine. */
  static async start(engine: Engine, directory: string): Promise<EngineProcess> {
    const command = engine.command(directory);
    if ("problem" in command) throw new EngineError(command.problem);
    const env = { ...process.env, ...command.env };
    const child = spawn(command.file, command.args, { env, stdio: ["pipe", "pipe", "pipe"] });
    const started = new EngineProcess(engine, child);
    child.stdin?.on("error", () => {}); // a process that died is reported by its exit
    const ready = await started.#answer();
    started.description = [ready.slice("ready ".length), command.description].filter(Boolean).join("; ");
    return started;
  }

  #receive(line: string): void {
    const [verb] = line.split(" ", 1);
    if (verb === "note") this.notes.push(line.slice("note ".length));
    else if (ANSWERS.includes(verb)) this.#waiting?.resolve(line);
  }

  #end(reason: string): void {
    const line = errorLine(this.#errorOutput);
    this.#ended ??= line ? `${reason}: ${line}` : reason;
    this.#waiting?.reject(new EngineError(this.#ended));
  }

  async #answer(): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const line = await new Promise<string>((resolve, reject) => {
      if (this.#ended) return reject(new EngineError(this.#ended));
      this.#waiting = { resolve, reject };
      timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        reject(new EngineError(`no answer within ${TIMEOUT_MS / 1000} s`));
      }, TIMEOUT_MS);
    }).finally(() => {
      clearTimeout(timer);
      this.#waiting = undefined;
    });
    const [verb] = line.split(" ", 1);
    const rest = line.slice(verb.length + 1);
    if (verb === "absent" || verb === "unsupported" || verb === "error") throw new EngineError(rest);
    return line;
  }

  #request(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    return this.#answer();
  }

  /** Milliseconds of each of `reps` calls, after a warm-up. */
  async run(workload: string, reps: number): Promise<number[]> {
    const answer = await this.#request(`run ${workload} ${reps}`);
    return answer.split(" ").slice(1).map(Number);
  }

  /** Has the engine write its result to the file. */
  async check(workload: string, file: string): Promise<void> {
    await this.#request(`check ${workload} ${file}`);
  }

  stop(): void {
    if (this.#ended) return;
    this.#child.stdin?.write("quit\n");
    setTimeout(() => this.#child.kill("SIGKILL"), 2000).unref();
  }
}
