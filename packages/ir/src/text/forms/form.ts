/** The pretty form of one op: how it is written and how it is read, side by side. */

import type { OperationOf, Region, Value } from "../../module.ts";
import type { AttributesOf, Opcode } from "../../ops/table.ts";
import type { TensorType } from "../../tensor-type.ts";
import type { OperationParser } from "../parse-operation.ts";
import type { Printer } from "../printer.ts";

/** An operation as read; the types are those of the results. */
export interface Parsed<K extends Opcode> {
  readonly operands: readonly Value[];
  readonly attributes: AttributesOf<K>;
  readonly types: readonly TensorType[];
  readonly regions?: readonly Region[];
}

export interface Form<K extends Opcode> {
  /** What follows the op's name, with its leading space where there is one. */
  print(operation: OperationOf<K>, printer: Printer): string;
  /** Reads what follows the op's name. */
  parse(parser: OperationParser): Parsed<K>;
}
