/** The programs of batching-goldens.test.ts, compiled. */

import { config } from "@fluxion/tracer";
import { testValues } from "./golden-programs.ts";

config.defaultDevice = "cpu";
const { programs } = await import("./batching-programs.ts");
testValues("batching", programs);
