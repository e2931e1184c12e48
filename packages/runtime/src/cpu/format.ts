const UNITS = ["bytes", "KiB", "MiB", "GiB"];

/** A size for people: `1.50 GiB (1610612736 bytes)`, or `12 bytes`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  if (power === 0) return `${bytes} bytes`;
  return `${(bytes / 1024 ** power).toFixed(2)} ${UNITS[power]} (${bytes} bytes)`;
}
