/**
 * (x · y)ᵀ = yᵀ · xᵀ: the transpose of a product is the product of its operands the other way round, written where the
 * transpose would have copied it. Gradients of weights come as such transposes.
 *
 *     %1 = stablehlo.dot_general %x, %y, …       (k×m, k×n) → m×n
 *     %2 = stablehlo.transpose %1, dims = [1, 0]                    →  %2 = stablehlo.dot_general %y, %x, …
 */

import type { Block, Builder, Module, OperationOf, Value } from "@fluxion/ir";

/** Results of `dot_general` whose one use is a transpose; flipping any other would compute a product twice. */
export function productsForTransposes(module: Module): Set<Value> {
  const uses = new Map<Value, number>();
  const candidates = new Set<Value>();
  const products = new Set<Value>();
  const visit = (block: Block): void => {
    for (const op of block.operations) {
      for (const value of op.operands) uses.set(value, (uses.get(value) ?? 0) + 1);
      if (op.opcode === "dot_general") products.add(op.results[0]);
      if (op.opcode === "transpose" && products.has(op.operands[0])) candidates.add(op.operands[0]);
      op.regions.forEach(visit);
    }
  };
  for (const { body } of module.functions) visit(body);
  return new Set([...candidates].filter((value) => uses.get(value) === 1));
}

/** The product with its operands exchanged, if the permutation only exchanges their free dimensions. */
export function flippedProduct(
  op: OperationOf<"dot_general">,
  permutation: readonly number[],
  b: Builder,
): Value | undefined {
  const { dot_dimension_numbers: d, precision_config: precision } = op.attributes;
  const [lhs, rhs] = op.operands;
  const batch = d.lhsBatching.length;
  const rows = lhs.type.shape.length - batch - d.lhsContracting.length;
  const columns = rhs.type.shape.length - batch - d.rhsContracting.length;
  const exchanged = [...range(0, batch), ...range(batch + rows, columns), ...range(batch, rows)];
  if (!permutation.every((axis, i) => axis === exchanged[i])) return undefined;
  const { shape } = op.results[0].type;
  const flipped = b.emit(
    "dot_general",
    [rhs, lhs],
    {
      ...op.attributes,
      dot_dimension_numbers: {
        lhsBatching: d.rhsBatching,
        rhsBatching: d.lhsBatching,
        lhsContracting: d.rhsContracting,
        rhsContracting: d.lhsContracting,
      },
      ...(precision === undefined ? {} : { precision_config: [...precision].reverse() }),
    },
    { types: [{ dtype: op.results[0].type.dtype, shape: permutation.map((axis) => shape[axis]) }] },
  );
  return flipped[0];
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
