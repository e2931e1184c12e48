export { cond, switch } from "./branches.ts";
export { map, type ScanOptions, scan } from "./scan.ts";
export { foriLoop, whileLoop } from "./while.ts";
