/** Errors of the verifier and how they are shown. */

import { formatLocation } from "../errors.ts";
import type { Func, Module, Operation } from "../module.ts";
import { printFunc, printModule } from "../text/printer.ts";
import { symbol } from "../text/syntax.ts";

export interface Diagnostic {
  readonly func: Func;
  /** The operation at fault; undefined when it is the function itself. */
  readonly operation: Operation | undefined;
  readonly message: string;
  /** First line of the operation's text, with the names that printing its function gives. */
  readonly line: string;
}

/** Fills in the lines of one function's diagnostics. */
export function withLines(func: Func, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  if (diagnostics.length === 0) return [];
  const lines = new Map<Operation | Func, string>();
  printFunc(func, {
    annotate: (subject, line) => {
      lines.set(subject, line);
      return [];
    },
  });
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    line: lines.get(diagnostic.operation ?? func) ?? "",
  }));
}

/** Each diagnostic under its line of IR. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const out: string[] = [];
  let shown: Diagnostic | undefined;
  for (const diagnostic of diagnostics) {
    const { func, operation, message, line } = diagnostic;
    if (shown?.func !== func) out.push(`${symbol(func.name)}:`);
    if (shown?.operation !== operation || shown?.func !== func) {
      const place = operation?.location ? `  // ${formatLocation(operation.location)}` : "";
      out.push(`  ${line}${place}`);
    }
    out.push(`  ^ error: ${message}`);
    shown = diagnostic;
  }
  return out.join("\n");
}

/** The whole module's text with every error as a comment under its line. */
export const annotateModule = (module: Module, diagnostics: readonly Diagnostic[]): string =>
  printModule(module, {
    annotate: (subject) =>
      diagnostics
        .filter(({ func, operation }) => subject === (operation ?? func))
        .map(({ message }) => `error: ${message}`),
  });

/** A module that the verifier refuses. */
export class VerificationError extends Error {
  override readonly name = "VerificationError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const count = diagnostics.length === 1 ? "1 error" : `${diagnostics.length} errors`;
    super(`${count} in the IR\n${formatDiagnostics(diagnostics)}`);
    this.diagnostics = diagnostics;
  }
}
