/** Where 256-bit vectors can be switched on. */

import { expect, test } from "vitest";
import { type Platform, wideObstacle } from "../src/cpu/wide.ts";

const node24: Platform = { arch: "x64", versions: { node: "24.1.0", v8: "13.6.233.8-node.14" } };

test.each<[string, Platform | undefined, string | undefined]>([
  ["Node 24 on x64", node24, undefined],
  [
    "Node 22",
    { arch: "x64", versions: { node: "22.18.0", v8: "12.4.254.21-node.27" } },
    "Node 22.18.0 is too old",
  ],
  ["ARM", { ...node24, arch: "arm64" }, "this is arm64"],
  ["Bun", { arch: "x64", versions: { ...node24.versions, bun: "1.2.0" } }, "only Node"],
])("%s", (_, platform, reason) => {
  if (reason === undefined) expect(wideObstacle(platform)).toBeUndefined();
  else expect(wideObstacle(platform)).toContain(reason);
});
