/** The programs of vmap-goldens.test.ts, compiled. */

import { config } from "@fluxion/tracer";
import { testValues } from "./golden-programs.ts";

config.defaultDevice = "cpu";
const { programs } = await import("./vmap-programs.ts");
testValues("vmap", programs);
