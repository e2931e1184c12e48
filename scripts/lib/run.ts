import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../..");

/** Runs a program with its output shown; returns its exit code (1 when a signal ended it). */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): number {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  if (result.error) console.error(`cannot run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a program whose output is shown only when it fails. */
export function runQuietly(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): number {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } });
  if (result.error) console.error(`cannot run ${command}: ${result.error.message}`);
  else if (result.status !== 0) console.error(`${result.stdout}${result.stderr}`);
  return result.status ?? 1;
}

/** Runs one of the programs that npm installed. */
export function runTool(name: string, args: readonly string[], env: Record<string, string> = {}): number {
  return run(join(root, "node_modules", ".bin", name), args, env);
}

export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs another script of this folder on the same Node. */
export function runScript(name: string, args: readonly string[]): number {
  return run(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    join("scripts", `${name}.ts`),
    ...args,
  ]);
}
