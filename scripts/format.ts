/** Formats and fixes what biome can fix: the paths given, or everything. */
import { runTool } from "./lib/run.ts";

process.exit(runTool("biome", ["check", "--write", ...process.argv.slice(2)]));
