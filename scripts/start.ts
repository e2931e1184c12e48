/** `npm start`: builds the package when the sources changed, then runs the tour on what was built. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run, runScript } from "./lib/run.ts";

const tour = "examples/tour.ts";
if (runScript("build", ["--if-stale"]) !== 0) process.exit(1);
if (!existsSync(join(root, tour))) {
  console.error(`start: there is no ${tour} in this checkout`);
  process.exit(1);
}
console.log(`start: running ${tour} on the built package`);
process.exit(run(process.execPath, [tour, ...process.argv.slice(2)]));
