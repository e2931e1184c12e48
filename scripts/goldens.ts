/**
 * Rewrites expected results after a wanted change; look at the diff before committing it.
 *
 *   goldens.ts [text] [VITEST ARGS]   golden text files and inline snapshots of the tests
 *   goldens.ts jax [FAMILY...]        values recorded from JAX (python3 with jax, numpy and scipy)
 */
import { run, runTool } from "./lib/run.ts";

const [kind = "text", ...args] = process.argv.slice(2);
if (kind === "jax") process.exit(run("python3", ["tests/goldens/generate", ...args]));
if (kind !== "text") {
  console.error(`goldens: ${kind} is neither text nor jax`);
  process.exit(2);
}
process.exit(runTool("vitest", ["run", "--update", ...args], { FLUXION_UPDATE_GOLDENS: "1" }));
