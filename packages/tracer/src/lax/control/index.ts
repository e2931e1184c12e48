export { type AssociativeScanOptions, associativeScan } from "./associative-scan.ts";
export { cond, switch } from "./branches.ts";
export { type ForiOptions, foriLoop } from "./fori.ts";
export { type MapOptions, map } from "./map.ts";
export { type ScanOptions, scan } from "./scan.ts";
export { whileLoop } from "./while.ts";
