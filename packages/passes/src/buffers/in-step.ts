/** Whether a kernel may write one array over another that it reads: it reads only the element that it is about to write. */

import { kernel as k } from "@fluxion/ir";
import { accessesIn } from "./accesses.ts";

/** Whether the launch of a kernel on `buffers` may have `written` in the memory of `read`. */
export function readsInStep(
  kernel: k.Kernel,
  buffers: readonly number[],
  read: number,
  written: number,
): boolean {
  const refs = (id: number): k.BufferRef[] => kernel.buffers.filter((_, i) => buffers[i] === id);
  const [sources, targets] = [refs(read), refs(written)];
  const isSource = ({ from }: { readonly from: k.BufferRef | k.Tile }): boolean =>
    sources.some((ref) => ref === from);
  if (sources.length === 0) return true;
  const [first, body] = kernel.kind === "loops" ? [kernel.prologue, kernel.body] : [[], kernel.epilogue];
  const early = accessesIn(first).loads;
  if (kernel.kind === "gemm") {
    const operands = k.letStmt(new k.Local("lhs", kernel.lhs.dtype), kernel.lhs);
    const others = k.letStmt(new k.Local("rhs", kernel.rhs.dtype), kernel.rhs);
    early.push(...accessesIn([operands, others]).loads);
  }
  if (early.some(isSource)) return false;
  const { loads, stores, folds } = accessesIn(body);
  const reads = loads.filter(isSource);
  if (reads.length === 0) return true;
  if (folds || (kernel.kind === "loops" && kernel.tiles.length > 0)) return false;
  const writes = stores.filter(({ to }) => targets.some((ref) => ref === to));
  return writes.length === 1 && reads.every(({ index }) => k.sameIndex(index, writes[0].index));
}
