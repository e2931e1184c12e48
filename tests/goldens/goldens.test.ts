/** Every golden case against the package. */

import { readdirSync } from "node:fs";
import * as fluxion from "fluxion";
import { describe, expect, test } from "vitest";
import { adapt } from "./adapter.ts";
import { families, loadFamily, runCase } from "./run.ts";

const library = adapt(fluxion);

test("every file of golden calls is run", () => {
  const files = readdirSync(new URL("./data", import.meta.url)).map((name) => name.replace(".json", ""));
  expect(files.filter((name) => !name.startsWith("stablehlo") && !name.endsWith("-derivatives")).toSorted()).toEqual(families.toSorted());
});

describe.each(families)("%s", (family) => {
  const file = loadFamily(family);
  test.each(file.cases)("$id", (golden) => {
    expect(runCase(golden, file, library)).toEqual([]);
  });
});
