/** `setPrintoptions` and its like: NumPy's settings of how arrays print. */

import { printSettings, setPrintSettings } from "../array/format/array-text.ts";
import { typeError } from "../core/user-error.ts";

/** NumPy's names: digits, elements from which arrays are summarised, elements at their ends, columns, no exponents. */
export interface PrintSettings {
  readonly precision?: number;
  readonly threshold?: number;
  readonly edgeitems?: number;
  readonly linewidth?: number;
  readonly suppress?: boolean;
}

const known: readonly string[] = ["precision", "threshold", "edgeitems", "linewidth", "suppress"];

/** The settings in force. */
export function getPrintoptions(): Required<PrintSettings> {
  const { maxLineWidth: linewidth, suppressSmall: suppress, ...rest } = printSettings();
  return { ...rest, linewidth, suppress };
}

/**
 * Changes how arrays print from now on.
 * @throws TypeError on an unknown setting.
 */
export function setPrintoptions(options: PrintSettings): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw typeError(`setPrintoptions() got an unexpected option '${unknown}'. It takes: ${known.join(", ")}`);
  const { linewidth: maxLineWidth, suppress: suppressSmall, ...rest } = { ...getPrintoptions(), ...options };
  setPrintSettings({ ...rest, maxLineWidth, suppressSmall });
}

/** Runs `fn` with some settings changed, and puts them back. */
export function printoptions<T>(options: PrintSettings, fn: () => T): T {
  const saved = getPrintoptions();
  setPrintoptions(options);
  try {
    return fn();
  } finally {
    setPrintoptions(saved);
  }
}
