/**
 * The bench: every workload on every engine that is here, interleaved, compared with double precision first.
 *
 *     npm run bench -- [--only selu,matmul-256] [--engines c,fluxion-2t,jax] [--rounds 10] [--quick]
 *
 * Writes bench/results/<name>.{json,md,svg} and prints the Markdown. Exit code 1 when a Fluxion result is wrong.
 */
import { parseArgs } from "node:util";
import { runBench } from "./harness/bench.ts";
import { allEngines, webgpuEngines } from "./harness/engines.ts";
import { smallWorkloads, workloads } from "./harness/workloads.ts";

const usage = `usage: npm run bench -- [OPTIONS]

  --only NAMES      workloads, comma separated (default: all); a name's beginning is enough
  --engines NAMES   engines, comma separated (default: all but those of WebGPU)
  --rounds N        interleaved rounds (default 10)
  --turn MS         about how long an engine's turn is (default 40)
  --quiet SECONDS   wait up to so long before each turn until other programs leave the machine alone
  --threads N       threads of C and of Fluxion's threaded engines (default 2)
  --quick           3 rounds of 10 ms, without the 2048 matmul
  --source          run Fluxion from its TypeScript sources instead of the built package
  --name NAME       of the files in bench/results (default: bench)
  --list            list workloads and engines`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    engines: { type: "string" },
    rounds: { type: "string" },
    turn: { type: "string" },
    quiet: { type: "string", default: "0" },
    threads: { type: "string", default: "2" },
    quick: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
    name: { type: "string", default: "bench" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** The items named by a comma-separated list; an unknown name ends the program with the known ones. */
function choose<T>(
  list: string | undefined,
  known: readonly T[],
  matches: (item: T, name: string) => boolean,
) {
  if (list === undefined) return [...known];
  const names = list.split(",");
  const unknown = names.filter((name) => !known.some((item) => matches(item, name)));
  if (unknown.length > 0) {
    console.error(`nothing is named ${unknown.join(", ")}; --list shows the names`);
    process.exit(2);
  }
  return known.filter((item) => names.some((name) => matches(item, name)));
}

const everyWorkload = [...workloads, ...smallWorkloads];
const usualEngines = allEngines({ threads: Number(values.threads), source: values.source });
const everyEngine = [...usualEngines, ...webgpuEngines({ source: values.source })];
if (values.help) {
  console.log(usage);
} else if (values.list) {
  console.log(`workloads: ${everyWorkload.map(({ name }) => name).join(" ")}`);
  console.log(`engines:   ${everyEngine.map(({ id }) => id).join(" ")}`);
} else {
  const isName = (name: string) => everyWorkload.some((workload) => workload.name === name);
  const chosen = choose(values.only, everyWorkload, (workload, name) =>
    isName(name) ? workload.name === name : workload.name.startsWith(name),
  );
  const quickly = chosen.filter(({ name }) => !values.quick || name !== "matmul-2048");
  const report = await runBench({
    workloads: quickly,
    engines:
      values.engines === undefined
        ? usualEngines
        : choose(values.engines, everyEngine, (engine, name) => engine.id === name),
    rounds: Number(values.rounds ?? (values.quick ? 3 : 10)),
    turnMs: Number(values.turn ?? (values.quick ? 10 : 40)),
    quietSeconds: Number(values.quiet),
    name: values.name,
    source: values.source,
  });
  const isWrong = report.rows.some(({ cells }) =>
    Object.values(cells).some((c) => c.engine.startsWith("fluxion") && c.problem?.startsWith("wrong")),
  );
  process.exitCode = isWrong ? 1 : 0;
}
