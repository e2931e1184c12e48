#!/usr/bin/env node
/** The command line: `fluxion run` and `fluxion check`. */

import { Command, InvalidArgumentError, Option } from "commander";
import { check } from "./check.ts";
import { CliError, describeError } from "./errors.ts";
import { packageVersion } from "./files.ts";
import { run } from "./run.ts";

/** Options that `run` and `check` share, as commander hands them over. */
export interface CliOptions {
  readonly dumpIr?: string | true;
  readonly dumpDir?: string;
  readonly device?: string;
  readonly threads?: string;
  readonly wide?: boolean;
  readonly timing?: boolean;
}

/** Puts the options into the environment, which the library reads when it is loaded. */
function applyOptions(options: CliOptions): void {
  const { env } = process;
  if (options.dumpIr !== undefined) env.FLUXION_DUMP_IR = options.dumpIr === true ? "all" : options.dumpIr;
  if (options.dumpDir !== undefined) {
    env.FLUXION_DUMP_DIR = options.dumpDir;
    env.FLUXION_DUMP_IR ??= "all";
  }
  if (options.device !== undefined) env.FLUXION_DEVICE = options.device;
  if (options.threads !== undefined) env.FLUXION_THREADS = options.threads;
  if (options.wide) env.FLUXION_WIDE = "1";
  if (options.timing) env.FLUXION_TIMING = "1";
}

/** @throws InvalidArgumentError unless it is an integer from 1 to 64. */
function readThreads(text: string): string {
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new InvalidArgumentError("It must be an integer from 1 to 64.");
  return text;
}

const withShared = (command: Command): Command =>
  command
    .option("--dump-ir [stages]", "print stages of every compiled program: names separated by commas, or all")
    .option("--dump-dir <dir>", "write the stages to files in this folder instead")
    .addOption(
      new Option("--device <name>", "where to run; else FLUXION_DEVICE, else cpu").choices([
        "cpu",
        "webgpu",
        "interpreter",
      ]),
    )
    .option("--threads <n>", "threads of the CPU device", readThreads)
    .option("--wide", "compile for 256-bit vectors (Node 24 and later on x64)")
    .option("--timing", "print the time of each stage, of GPU kernels, and of the run");

const program = new Command("fluxion")
  .description("Runs and checks array programs: TypeScript and StableHLO.")
  .version(packageVersion());

withShared(program.command("run").argument("<file>", "a .ts or .js program, or a StableHLO module (.mlir)"))
  .option("--input <files...>", "arguments of a StableHLO module, as .npy files")
  .description("run a program")
  .action(async (file: string, options: CliOptions & { input?: string[] }) => {
    applyOptions(options);
    await run(file, options.input ?? [], options.timing ?? false);
  });

withShared(program.command("check").argument("<files...>", "self-checking StableHLO modules"))
  .description("run the check.* operations of modules and count them")
  .action(async (files: string[], options: CliOptions) => {
    applyOptions(options);
    process.exitCode = (await check(files, options.device ?? (process.env.FLUXION_DEVICE || "cpu"))) ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  if (error instanceof CliError) console.error(`fluxion: ${error.message}`);
  else console.error(describeError(error));
}
