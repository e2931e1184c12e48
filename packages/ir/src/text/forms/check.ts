/**
 * The pretty forms of the check dialect. They become `custom_call`s of the same name:
 * `check.expect_eq %a, %b : T`, `check.expect_eq_const %a, dense<…> : T`,
 * `check.expect_almost_eq_const %a, dense<…>, tolerance = 1.0e-4 : T`,
 * `check.expect_close %a, %b, max_ulp_difference = 3 : T, T`.
 */

import type { Literal } from "../../literal.ts";
import type { Value } from "../../module.ts";
import type { Token } from "../lexer.ts";
import { parseDenseAs, type Unread } from "../parse-dense.ts";
import type { OperationParser } from "../parse-operation.ts";
import { formatFloat } from "../print-dense.ts";

export interface CheckForm {
  readonly target: string;
  readonly operands: readonly Value[];
  /** The expected value of a `_const` form. */
  readonly constant: Literal | undefined;
  /** Tolerances, as the attributes that the target reads. */
  readonly rest: Readonly<Record<string, string>> | undefined;
}

const targets = ["check.expect_eq", "check.expect_almost_eq", "check.expect_close"];
/** `expect_almost_eq_const` without a tolerance is stricter than the two-operand check. */
const CONST_TOLERANCE = 1e-4;

export function parseCheck(parser: OperationParser, token: Token): CheckForm {
  const { cursor } = parser;
  const isConst = token.text.endsWith("_const");
  const target = isConst ? token.text.slice(0, -"_const".length) : token.text;
  if (!targets.includes(target)) cursor.fail(`'${token.text}' is not a check that Fluxion knows`, token);
  const operands = parser.values();
  let unread: Unread | undefined;
  if (isConst) {
    cursor.expect(",");
    unread = parseDenseAs(cursor);
  }
  const rest: Record<string, string> = {};
  while (cursor.accept(",")) {
    const key = cursor.take("bare");
    cursor.expect("=");
    rest[key] = cursor.skipValue(false);
    // `: f64` belongs to the number, `: tensor<…>` to the operation.
    if (cursor.is(":") && cursor.peek(1).kind === "bare") {
      cursor.next();
      cursor.next();
    }
  }
  parser.skipAttributes();
  cursor.expect(":");
  const at = cursor.token;
  const stated = parser.typeList();
  parser.requireTypes(
    operands,
    operands.map((_, index) => stated[index] ?? stated[0]),
    at,
  );
  if (isConst && target === "check.expect_almost_eq")
    rest.tolerance ??= formatFloat("float64", CONST_TOLERANCE);
  return {
    target,
    operands,
    constant: unread?.(stated[0]),
    rest: Object.keys(rest).length > 0 ? rest : undefined,
  };
}
