/** Every golden case against the package. Named `.pending` until the functions exist, so that vitest does not pick it up. */

import * as fluxion from "fluxion";
import { describe, expect, test } from "vitest";
import { adapt } from "./adapter.ts";
import { families, loadFamily, runCase } from "./run.ts";

const library = adapt(fluxion);

describe.each(families)("%s", (family) => {
  const file = loadFamily(family);
  test.each(file.cases)("$id", (golden) => {
    expect(runCase(golden, file, library)).toEqual([]);
  });
});
