/** `fluxion run`: a TypeScript program, or the main function of a StableHLO module. */

import { existsSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError, naming } from "./errors.ts";
import { readText } from "./files.ts";

export async function run(file: string, inputs: readonly string[], timing: boolean): Promise<void> {
  const kind = kindOf(file);
  if (kind === "program" && inputs.length > 0)
    throw new CliError(`${file} is a program and takes no --input; StableHLO modules (.mlir) do`);
  // Loading Fluxion applies the switches, and complains of unknown ones.
  const { config, init } = await naming("options", () => import("@fluxion/tracer"));
  if (config.defaultDevice === "webgpu") await naming("--device webgpu", () => init({ device: "webgpu" }));
  const start = performance.now();
  if (kind === "module") await runModule(file, inputs);
  else await runProgram(file);
  if (timing) console.error(`run of ${file}: ${(performance.now() - start).toFixed(1)} ms`);
}

/** @throws CliError unless it is a file that can be run. */
function kindOf(file: string): "program" | "module" {
  if (!existsSync(file)) throw new CliError(`there is no file ${file}`);
  if (!statSync(file).isFile()) throw new CliError(`${file} is not a file`);
  const ending = extname(file);
  if (ending === ".mlir") return "module";
  if ([".ts", ".mts", ".js", ".mjs"].includes(ending)) return "program";
  throw new CliError(
    `cannot run ${file}: programs end in .ts, .mts, .js or .mjs, and StableHLO modules in .mlir; this ends in ` +
      `${ending === "" ? "nothing" : ending}`,
  );
}

/** Runs a program by importing it. Node strips the types of `.ts` files itself. */
async function runProgram(file: string): Promise<void> {
  const typed = [".ts", ".mts"].includes(extname(file));
  if (typed && process.features.typescript === false) {
    throw new CliError(
      `${file}: this Node (${process.version}) does not run TypeScript; use Node 22.18 or later, or pass a .js file`,
    );
  }
  // Fluxion's frames come first; the program's own shall not be cut off.
  Error.stackTraceLimit = 50;
  try {
    await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError(sourceOf(error), { cause: error });
    throw error;
  }
}

/** What Node writes before the stack of a syntax error: the place, the line with a mark, and the message. */
const sourceOf = (error: SyntaxError): string => (error.stack ?? error.message).split(/\n\s+at /)[0].trim();

/** Runs `main` on arrays from files and prints the results. */
async function runModule(file: string, inputs: readonly string[]): Promise<void> {
  const { formatType, literal, mainFunction, parseModule, sameType } = await import("@fluxion/ir");
  const { config, devices, fromStorage, storageOf } = await import("@fluxion/tracer");
  const { io } = await import("../io-adapter.ts");
  const module = await naming(file, () => parseModule(readText(file), { file }));
  const expected = mainFunction(module).body.arguments.map(({ type }) => type);
  if (expected.length !== inputs.length) {
    throw new CliError(
      `${file}: main takes ${expected.length} arguments (${expected.map(formatType).join(", ")}), got ${inputs.length}; pass them with --input a.npy b.npy`,
    );
  }
  // A module says itself how wide its numbers are.
  config.enableX64 = true;
  const [device] = devices();
  const load = async (input: string, i: number) => {
    const array = await naming(input, () => io.load(input));
    if (!("dtype" in array)) throw new CliError(`${input} is an archive; --input takes .npy files`);
    const { dtype, shape } = array;
    const type = { dtype, shape: [...shape] };
    if (!sameType(type, expected[i]))
      throw new CliError(`${input} is ${formatType(type)}; argument ${i} is ${formatType(expected[i])}`);
    return device.put(literal(dtype, type.shape, storageOf(array)));
  };
  const args = await Promise.all(inputs.map(load));
  const results = await naming(file, () => device.compile(module, { name: module.name ?? "main" }).run(args));
  for (const result of results) {
    const { dtype, shape } = result.type;
    console.log(String(fromStorage(dtype, shape, await result.read())));
  }
}
