/** `vmap` and its collectives, program by program, against what JAX gave (`oracle/generate_vmap.py`). */

import { config } from "@fluxion/tracer";
import { testErrors, testValues } from "./golden-programs.ts";

config.defaultDevice = "interpreter";
const { programs, failing, phrases } = await import("./vmap-programs.ts");
testValues("vmap", programs);
testErrors("vmap", failing, phrases);
