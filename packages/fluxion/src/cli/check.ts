/** `fluxion check`: runs self-checking StableHLO modules. */

import type { Func, Module, Operation } from "@fluxion/ir";
import { CliError, naming } from "./errors.ts";
import { readText } from "./files.ts";

/** Prints every failed check and the counts; true if all passed. */
export async function check(files: readonly string[], device: string): Promise<boolean> {
  const { parseModules } = await import("@fluxion/ir");
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    try {
      const modules = await naming(file, () => parseModules(readText(file), { file }));
      for (const module of modules) {
        const outcome =
          device === "interpreter" ? await checkOnInterpreter(module) : await checkOnDevice(module, file);
        passed += outcome.passed;
        failed += outcome.failures.length;
        for (const failure of outcome.failures) console.log(`FAILED ${file}: ${failure}`);
      }
    } catch (error) {
      failed++;
      console.log(`FAILED ${error instanceof CliError ? error.message : `${file}: ${String(error)}`}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

interface Outcome {
  readonly passed: number;
  readonly failures: readonly string[];
}

async function checkOnInterpreter(module: Module): Promise<Outcome> {
  const { runChecks } = await import("@fluxion/ir");
  const { passed, failures } = runChecks(module);
  return { passed, failures: failures.map(({ message }) => message) };
}

/**
 * Runs the functions on the device with what the checks compare as their results, and compares on the host.
 */
async function checkOnDevice(module: Module, file: string): Promise<Outcome> {
  const { literal, runCheck } = await import("@fluxion/ir");
  const { config, devices, init } = await import("@fluxion/tracer");
  if (config.defaultDevice === "webgpu") await init({ device: "webgpu" });
  const [device] = devices();
  const failures: string[] = [];
  let passed = 0;
  for (const func of entries(module)) {
    const { checks, open } = withComparedResults(func, file);
    const rest = module.functions.filter((other) => other !== func);
    const results = device.compile({ ...module, functions: [open, ...rest] }, { name: func.name }).run([]);
    for (const [i, operation] of checks.entries()) {
      const pair = await Promise.all(
        [results[2 * i], results[2 * i + 1]].map(async (buffer) => {
          const { dtype, shape } = buffer.type;
          return { ...literal(dtype, shape, await buffer.read()), splat: false };
        }),
      );
      const result = runCheck(operation, pair);
      if (result.passed) passed++;
      else failures.push(result.message);
    }
  }
  return { passed, failures };
}

type CheckOperation = Extract<Operation, { opcode: "custom_call" }>;

const isCheck = (op: Operation): op is CheckOperation =>
  op.opcode === "custom_call" && op.attributes.call_target_name.startsWith("check.");

function entries(module: Module): readonly Func[] {
  const named = module.functions.filter(({ name }) => name === "main");
  return named.length > 0 ? named : module.functions.filter(({ visibility }) => visibility === "public");
}

/** The function with the operands of its checks as results, in place of the checks. */
function withComparedResults(
  func: Func,
  file: string,
): { readonly checks: readonly CheckOperation[]; readonly open: Func } {
  if (func.body.arguments.length > 0)
    throw new CliError(`${file}: @${func.name} takes arguments, so nothing can check it`);
  const checks = func.body.operations.filter(isCheck);
  const nested = func.body.operations.some((op) =>
    op.regions.some((region) => region.operations.some(isCheck)),
  );
  if (nested) throw new CliError(`${file}: a check inside a region runs on --device interpreter only`);
  const compared = checks.flatMap(({ operands }) => operands);
  const kept = func.body.operations.filter((op) => !isCheck(op) && op.opcode !== "return");
  const end = func.body.operations[func.body.operations.length - 1];
  const operations = [...kept, { ...end, operands: compared } as Operation];
  const open: Func = {
    ...func,
    name: "main",
    visibility: "public",
    resultTypes: compared.map(({ type }) => type),
    body: { arguments: [], operations },
  };
  return { checks, open };
}
