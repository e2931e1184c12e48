/** The inputs of a run: standard normal float32, the same in every run, in files that all engines read. */
import { writeFileSync } from "node:fs";
import { type Argument, elements, inputFile, type Workload } from "./workloads.ts";

/** Uniform 32-bit integers by the xorshift generator of Marsaglia (2003). */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const char of text) h = Math.imul(h ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return h === 0 ? 1 : h;
}

/** Independent standard normal numbers (Box and Muller's transform). */
export function normalNumbers(count: number, seed: string): Float32Array {
  const next = xorshift(hash(seed));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((next() + 0.5) / 2 ** 32));
    const angle = (2 * Math.PI * next()) / 2 ** 32;
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

export function argumentValues(workload: Workload, argument: Argument): Float32Array {
  const values = normalNumbers(elements(argument.shape), `${workload.name}.${argument.name}`);
  const { scale } = argument;
  return scale === undefined ? values : values.map((value) => value * scale);
}

/** Writes the inputs and `workloads.json` into the directory. */
export function writeInputs(directory: string, workloads: readonly Workload[]): void {
  for (const workload of workloads)
    for (const argument of workload.args)
      writeFileSync(inputFile(directory, workload, argument), argumentValues(workload, argument));
  writeFileSync(`${directory}/workloads.json`, JSON.stringify(workloads));
}
