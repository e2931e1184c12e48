/** The line of a failed program's error output that says most: the first that names an error, or the last. */
export function errorLine(output: string): string | undefined {
  const lines = output.trim().split("\n");
  return lines.find((line) => /\w*Error\b.*:/.test(line)) ?? (lines.at(-1) || undefined);
}
