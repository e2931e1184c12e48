/** `vectorize`, `map` with a batch size, `associativeScan` and `scan`, against what JAX gave (`oracle/generate_batching.py`). */

import { config } from "@fluxion/tracer";
import { testErrors, testValues } from "./golden-programs.ts";

config.defaultDevice = "interpreter";
const { programs, failing, phrases } = await import("./batching-programs.ts");
testValues("batching", programs);
testErrors("batching", failing, phrases);
