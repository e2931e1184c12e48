/** What a call costs when there is nothing to compute: jitted sin(x)·2 on 8 elements. `--rounds N`, `--source`. */
import { parseArgs } from "node:util";
import { runBench } from "./harness/bench.ts";
import { allEngines } from "./harness/engines.ts";
import { workloads } from "./harness/workloads.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "10" }, source: { type: "boolean", default: false } },
});

await runBench({
  workloads: workloads.filter(({ name }) => name === "sin-8"),
  engines: allEngines({ threads: 2, source: values.source }),
  rounds: Number(values.rounds),
  turnMs: 50,
  quietSeconds: 0,
  name: "call-overhead",
  source: values.source,
});
