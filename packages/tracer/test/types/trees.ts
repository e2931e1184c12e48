/** Checked by the compiler alone: what the types say of pytrees. */

import { jnp, type NDArray, tree } from "@fluxion/tracer";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : [got: A, expected: B]): void;

interface Layer {
  readonly weights: NDArray;
  readonly bias: NDArray | null;
}
declare const layers: readonly Layer[];
declare const pair: [NDArray, { scale: number }];
declare const table: Map<string, NDArray>;
// biome-ignore lint/suspicious/noExplicitAny: of no known type
declare const anything: any;
declare const unknownTree: unknown;

// The structure stays, the leaves change.
const doubled = tree.map((x) => x.mul(2), layers);
same<typeof doubled, readonly { readonly weights: NDArray; readonly bias: NDArray | null }[]>();
const stepped = tree.map((x, slope) => x.sub(slope), layers, anything);
export const next: readonly Layer[] = stepped;
const added = tree.map((x, y) => x.add(y), layers, layers);
export const sum: readonly Layer[] = added;
const sizes = tree.map((x: NDArray | number) => (typeof x === "number" ? 1 : x.size), pair);
same<typeof sizes, [number, { scale: number }]>();
const shapes = tree.map((x) => x.shape, table);
same<typeof shapes, Map<string, readonly number[]>>();
const zeros: readonly Layer[] = tree.map(jnp.zerosLike, layers);
export const named = tree.mapWithPath((path, x) => x.mul(path.length), zeros);

// Where nothing is known, anything goes.
export const free: NDArray = tree.map((x) => x.mul(2), anything);
export const opaque: unknown = tree.map((x) => x.mul(2), unknownTree);
const stopped = tree.map((x: readonly Layer[]) => x.length, layers, { isLeaf: Array.isArray });
same<typeof stopped, unknown>();

// @ts-expect-error the leaves are arrays
tree.map((x: string) => x, layers);
// @ts-expect-error the leaves are arrays, which have no such method
tree.map((x) => x.toUpperCase(), layers);
