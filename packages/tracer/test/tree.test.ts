/** Pytrees. */

import { jit, jnp, type NDArray, tree } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

class Point {
  readonly x: unknown;
  readonly y: unknown;
  readonly label: unknown;
  constructor(x: unknown, y: unknown, label: unknown) {
    [this.x, this.y, this.label] = [x, y, label];
  }
}
tree.registerPytreeNode(
  Point,
  (p) => [[p.x, p.y], p.label],
  (label, [x, y]) => new Point(x, y, label),
);

const nest = { b: [1, null, 2], a: 3, c: new Map([["z", 4]]) };

describe("flattening", () => {
  test("object keys are sorted, null is no leaf", () => {
    expect(tree.leaves(nest)).toEqual([3, 1, 2, 4]);
    expect(tree.formatTreeDef(tree.structure(nest))).toBe(
      "PyTreeDef({'a': *, 'b': [*, None, *], 'c': {'z': *}})",
    );
  });
  test("and back", () => {
    const [leaves, treedef] = tree.flatten(nest);
    expect(tree.unflatten(treedef, leaves)).toEqual(nest);
    expect(() => tree.unflatten(treedef, [1])).toThrow("Too few leaves for PyTreeDef; expected 4, got 1");
  });
  test("paths print as JAX's", () => {
    const paths = tree.leavesWithPath({ w: [1, new Point(2, 3, "p")] });
    expect(paths.map(([path, leaf]) => `${tree.keystr(path)}=${leaf}`)).toEqual([
      "['w'][0]=1",
      "['w'][1][0]=2",
      "['w'][1][1]=3",
    ]);
    expect(tree.flattenWithPath({ w: 1 })[1].key).toBe(tree.structure({ w: 0 }).key);
  });
  test("a tree that holds itself is an error", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => tree.leaves(loop)).toThrow("holds itself");
    expect(() => jit((x: unknown) => x as never)(loop)).toThrow("holds itself");
  });

  test("isLeaf stops early", () => {
    expect(tree.leaves([[1, 2], [3]], Array.isArray)).toHaveLength(1);
    expect(tree.leaves({ a: [1, 2] }, { isLeaf: Array.isArray })).toEqual([[1, 2]]);
  });
});

describe("registered classes", () => {
  test("are nodes", () => {
    const moved = tree.map((v: number) => v + 1, new Point(1, 2, "p"));
    expect(moved).toEqual(new Point(2, 3, "p"));
    expect(() =>
      tree.registerPytreeNode(
        Point,
        () => [[], 0],
        () => new Point(0, 0, 0),
      ),
    ).toThrow("Duplicate custom");
  });
  test("their other data tells structures apart, functions by identity", () => {
    const [f, g] = [() => 1, () => 1];
    const key = (label: unknown): string => tree.structure(new Point(1, 2, label)).key;
    expect(key(f)).toBe(key(f));
    expect(key(f)).not.toBe(key(g));
    expect(key({ n: 1 })).toBe(key({ n: 1 }));
    expect(key({ n: 1 })).not.toBe(key({ n: "1" }));
  });
  test("pass through jit", () => {
    const sum = jit((p: Point) => new Point((p.x as NDArray).add(p.y as NDArray), p.y, p.label));
    const result = sum(new Point(jnp.array(1), jnp.array(2), "p"));
    expect([(result.x as NDArray).item(), result.label]).toEqual([3, "p"]);
  });
});

describe("maps", () => {
  test("several trees, the first a prefix of the others", () => {
    expect(tree.map((a: number, b: number) => a + b, { a: 1, b: [2] }, { a: 10, b: [20] })).toEqual({
      a: 11,
      b: [22],
    });
    expect(tree.map((a: number, b: number[]) => a + b.length, [1, 2], [[0, 0], [0]])).toEqual([3, 3]);
    expect(tree.map((a: number[]) => a.length, { a: [1, 2] }, { isLeaf: Array.isArray })).toEqual({ a: 2 });
  });
  test.each<[string, unknown, unknown]>([
    ["different keys at key path\n    tree.map tree", { a: 1 }, { b: 1 }],
    ["different lengths of array at key path\n    tree.map tree['a']", { a: [1, 2] }, { a: [1] }],
    ["different types at key path\n    tree.map tree[0]", [[1]], [{ a: 1 }]],
    ["different types at key path\n    tree.map tree[0]", [null], [1]],
  ])("%s", (message, first, second) => {
    expect(() => tree.map(() => 0, first, second)).toThrow(`pytree structure error: ${message}`);
  });
  test("with paths", () => {
    const named = tree.mapWithPath((path, leaf: number) => `${tree.keystr(path)}:${leaf}`, { a: [1, 2] });
    expect(named).toEqual({ a: ["['a'][0]:1", "['a'][1]:2"] });
  });
  test("all and reduce", () => {
    expect([tree.all({ a: [1, true] }), tree.all([1, 0]), tree.all([])]).toEqual([true, false, true]);
    expect(tree.reduce((a: number, b: number) => a + b, [1, [2, 3]])).toBe(6);
    expect(tree.reduce((a: number, b: number) => a + b, [], 7)).toBe(7);
    expect(() => tree.reduce((a: number) => a, [])).toThrow("no leaf");
  });
  test("transpose turns structures inside out", () => {
    const outer = tree.structure([0, 0, 0]);
    const rows = [1, 3, 5].map((a) => ({ a, b: a + 1 }));
    expect(tree.transpose(outer, tree.structure({ a: 0, b: 0 }), rows)).toEqual({
      a: [1, 3, 5],
      b: [2, 4, 6],
    });
    expect(tree.transpose(outer, null, rows)).toEqual({ a: [1, 3, 5], b: [2, 4, 6] });
    expect(() => tree.transpose(outer, tree.structure([0]), rows)).toThrow(
      "expected subtrees of structure PyTreeDef([*])",
    );
  });
  test("broadcast repeats leaves", () => {
    expect(tree.broadcast({ a: 1, b: 2 }, { a: [0, 0], b: { c: 0 } })).toEqual({ a: [1, 1], b: { c: 2 } });
  });
});
