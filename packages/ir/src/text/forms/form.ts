/** The pretty form of one op. */

import type { OperationOf } from "../../module.ts";
import type { Opcode } from "../../ops/table.ts";
import type { Printer } from "../printer.ts";

export interface Form<K extends Opcode> {
  /** What follows the op's name, with its leading space where there is one. */
  print(operation: OperationOf<K>, printer: Printer): string;
}
