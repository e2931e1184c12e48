/** The bench's own arithmetic: a harness that accepts wrong results or misreads times would prove nothing. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkerOf, worstError } from "../../bench/harness/compare.ts";
import { EngineError, EngineProcess } from "../../bench/harness/engine-process.ts";
import { allEngines, type Engine, webgpuEngines } from "../../bench/harness/engines.ts";
import { argumentValues, writeInputs } from "../../bench/harness/inputs.ts";
import { distributionProblem, normalReference } from "../../bench/harness/normal.ts";
import { matmulRows, reference } from "../../bench/harness/reference.ts";
import { type Cell, judgeTargets, ratio } from "../../bench/harness/results.ts";
import { median } from "../../bench/harness/statistics.ts";
import {
  elements,
  findWorkload,
  smallWorkloads,
  targets,
  type Workload,
} from "../../bench/harness/workloads.ts";

function workloadNamed(name: string): Workload {
  const found = findWorkload(name);
  if (!found) throw new Error(`no workload ${name}`);
  return found;
}

const engines = [...allEngines({ threads: 2, source: true }), ...webgpuEngines({ source: true })];
const rightResult = (workload: Workload): Float32Array => {
  const inputs = workload.args.map((argument) => argumentValues(workload, argument));
  if (workload.kind === "normal") return Float32Array.from(normalReference(elements(workload.out)));
  if (workload.kind === "matmul")
    return Float32Array.from(matmulRows(inputs[0], inputs[1], workload.out[0], 0, workload.out[0]));
  return Float32Array.from(reference(workload, inputs));
};

describe("tables", () => {
  test("targets name workloads and engines that exist", () => {
    for (const { workload, engine, baseline } of targets) {
      expect(findWorkload(workload)?.name).toBe(workload);
      const ids = engines.map(({ id }) => id);
      expect(ids).toContain(engine);
      if (baseline) expect(ids).toContain(baseline);
    }
  });
});

describe("references", () => {
  test("random.normal is JAX's", () => {
    const draws = normalReference(4); // jax.random.normal(jax.random.PRNGKey(0), (4,))
    [1.6226422, 2.0252647, -0.4335944, -0.0786173].forEach((value, i) => {
      expect(draws[i]).toBeCloseTo(value, 6);
    });
  });

  test("layer norm and standardisation have mean 0 and variance 1 along their axis", () => {
    const workload = workloadNamed("standardise-small");
    const out = reference(workload, [argumentValues(workload, workload.args[0])]);
    for (let column = 0; column < 3; column++) {
      const values = out.filter((_, i) => i % 3 === column);
      expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0, 10);
      expect(values.reduce((a, b) => a + b * b, 0) / values.length).toBeCloseTo(1, 10);
    }
  });
});

describe("comparison", () => {
  test.each(smallWorkloads)("$name: the right result passes, one wrong element does not", (workload) => {
    const check = checkerOf(workload);
    const right = rightResult(workload);
    expect(check(right, "fluxion-2t").verdict).toBe("right");
    const wrong = right.slice();
    wrong[wrong.length >> 1] += 1 + Math.abs(wrong[wrong.length >> 1]);
    expect(check(wrong, "fluxion-2t").verdict).toBe("wrong");
    expect(check(right.subarray(1), "fluxion-2t").verdict).toBe("wrong");
  });

  test("NaN is wrong", () => {
    expect(worstError([Number.NaN], Float64Array.of(Number.NaN), { rtol: 1, atol: 1 })).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test("small errors are forgiven in other libraries, not in Fluxion and C", () => {
    const check = checkerOf(workloadNamed("sum-squares-small"));
    const off = rightResult(workloadNamed("sum-squares-small")).map((value) => value * (1 + 1e-4));
    const verdict = (engine: string) => check(off, engine).verdict;
    expect(["numpy", "fluxion-1t", "c", "c-1t"].map(verdict)).toEqual([
      "inaccurate",
      "wrong",
      "wrong",
      "wrong",
    ]);
  });

  test("a sample of another distribution is noticed", () => {
    expect(distributionProblem(Float32Array.from(normalReference(10_000)))).toBeNull();
    const uniform = Float32Array.from({ length: 10_000 }, (_, i) => Math.sqrt(12) * (i / 10_000 - 0.5));
    expect(distributionProblem(uniform)).toContain("moment 4");
  });
});

describe("results", () => {
  const cell = (engine: string, roundMedians: (number | null)[]): Cell => ({
    engine,
    reps: 1,
    roundMedians,
    median: median(roundMedians.flatMap((m) => (m === null ? [] : [m]))),
    best: Math.min(...roundMedians.flatMap((m) => (m === null ? [] : [m]))),
  });

  test("a ratio is the median of the rounds' ratios and skips rounds without both", () => {
    expect(ratio(cell("a", [2, 30, null, 4]), cell("b", [1, 10, 1, 4]))).toBe(2);
  });

  test("a target is met at its bound and fails above it; an absent engine meets none", () => {
    const row = (time: number) => ({
      workload: workloadNamed("selu"),
      cells: { c: cell("c", [1]), "fluxion-2t": cell("fluxion-2t", [time]) },
    });
    const met = (time: number) => judgeTargets([row(time)])[0].met;
    expect([1.4, 1.41].map(met)).toEqual([true, false]);
    const eager = judgeTargets([row(1)]).find(({ engine }) => engine === "fluxion-eager");
    expect(eager?.met).toBeUndefined();
    expect(eager?.problem).toContain("absent");
  });

  test("where C gains nothing from its threads, no target against it is judged", () => {
    const cells = { c: cell("c", [1]), "c-1t": cell("c-1t", [1]), "fluxion-2t": cell("fluxion-2t", [1]) };
    const [target] = judgeTargets([{ workload: workloadNamed("selu"), cells }]);
    expect(target.measured).toBe(1);
    expect(target.met).toBeUndefined();
    expect(target.problem).toContain("disturbed");
  });
});

describe("protocol", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "fluxion-bench-test-"));
    writeInputs(directory, smallWorkloads);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("an engine in its own process computes, reports times and names what it lacks", async () => {
    const engine = engines.find(({ id }) => id === "numpy-ts");
    if (!engine) throw new Error("numpy-ts is not an engine");
    const process = await EngineProcess.start(engine, directory);
    try {
      const workload = workloadNamed("softmax-small");
      const file = join(directory, "out");
      await process.check(workload.name, file);
      const bytes = new Uint8Array(readFileSync(file));
      expect(checkerOf(workload)(new Float32Array(bytes.buffer), "numpy-ts").verdict).toBe("right");
      const times = await process.run(workload.name, 5);
      expect(times).toHaveLength(5);
      for (const time of times) expect(time).toBeGreaterThan(0);
      await expect(process.run("no-such-workload", 1)).rejects.toThrow("no workload named no-such-workload");
    } finally {
      process.stop();
    }
  });

  test("an engine that cannot start is absent, with the reason", async () => {
    const missing: Engine = {
      id: "missing",
      title: "missing",
      peer: false,
      command: () => ({ file: process.execPath, args: ["-e", "throw new TypeError('not installed')"] }),
      runs: () => true,
      computesNothing: () => false,
    };
    await expect(EngineProcess.start(missing, directory)).rejects.toThrow(EngineError);
    await expect(EngineProcess.start(missing, directory)).rejects.toThrow("TypeError: not installed");
  });
});
