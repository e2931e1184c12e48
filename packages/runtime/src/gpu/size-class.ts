/** Sizes of pooled buffers: eight to each doubling, so that a buffer wastes at most an eighth and is soon used again. */

const smallest = 256;

/** The least pooled size of at least `bytes`; a multiple of 32. */
export function sizeClass(bytes: number): number {
  if (bytes <= smallest) return smallest;
  const step = 2 ** Math.floor(Math.log2(bytes - 1)) / 8;
  return Math.ceil(bytes / step) * step;
}
