import { type Func, formatType, invariant } from "@fluxion/ir";
import { carriesTangent } from "./rules/elementwise.ts";

/** The mask must have an entry for each parameter, and only floats and complex numbers have tangents. */
export function checkActive(func: Func, active: readonly boolean[]): void {
  const args = func.body.arguments;
  invariant(
    active.length === args.length,
    `@${func.name} takes ${args.length} arguments, the mask has ${active.length}`,
  );
  args.forEach((arg, i) => {
    invariant(
      !active[i] || carriesTangent(arg),
      `argument ${i} of @${func.name}, a ${formatType(arg.type)}, has no tangent`,
    );
  });
}
