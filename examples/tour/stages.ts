/** The SELU of the tour at each stage of its compilation. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jit, jnp } from "fluxion";
import { selu } from "./selu.ts";

export interface Stages {
  readonly source: string;
  /** StableHLO, as recorded by calling the function once. */
  readonly traced: string;
  /** What is computed together in one loop. */
  readonly fused: string;
  /** The program of buffers and launches, and the loops that it launches. */
  readonly kernels: string;
  /** The WebAssembly module as text. */
  readonly wat: string;
}

export function stagesOf(size: number): Stages {
  const lowered = jit(selu).lower(jnp.zeros([size]));
  // Locations are absolute; the text reads better without this folder, and without the frame's name.
  const text = (stage: string): string =>
    lowered
      .asText(stage)
      .replaceAll(`${import.meta.dirname}/`, "")
      .replace(/ \([^()\n]*\)$/gm, (name) => (name.includes("selu") ? "" : name))
      .trim();
  return {
    source: readFileSync(join(import.meta.dirname, "selu.ts"), "utf8").trim(),
    traced: text("traced"),
    fused: text("fused"),
    kernels: text("kernels"),
    wat: text("wat"),
  };
}
