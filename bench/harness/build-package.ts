import { runScript } from "../../scripts/lib/run.ts";

/** Brings the built package up to date, so that what is measured is what users install. */
export function buildPackage(): void {
  if (runScript("build", ["--if-stale"]) !== 0)
    throw new Error("the package does not build; --source measures the sources instead");
}
