/**
 * Iteration spaces. Adjacent dimensions become one loop wherever every access walks them as one, so that a chain over
 * contiguous arrays is a single flat loop.
 */

import { kernel as k } from "@fluxion/ir";

/** Loops over the dimensions of a shape, some merged. */
export interface Space {
  /** Index of each dimension of the shape in terms of the loop variables. */
  readonly indices: readonly k.Index[];
  /** The loops, outermost first. */
  readonly loops: readonly { readonly var: k.LoopVar; readonly extent: number }[];
}

/** One loop for each dimension. */
export function plainSpace(shape: readonly number[], prefix = "i"): Space {
  const loops = shape.map((extent, axis) => ({ var: new k.LoopVar(`${prefix}${axis}`), extent }));
  return { loops, indices: loops.map(({ var: variable }) => k.indexVar(variable)) };
}

/**
 * Merges loops of a plain space. `accesses` are all indices that were made from its variables; two neighbours merge if
 * in each access the outer stride is the inner stride times the inner extent. Dimensions of size 1 need no loop. Then the innermost variable of a merged
 * group may run over the whole group while the others stay at 0.
 */
export function mergedSpace(shape: readonly number[], space: Space, accesses: readonly k.Index[]): Space {
  const groups: number[][] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const last = groups[groups.length - 1];
    if (last !== undefined && canMerge(space, last[last.length - 1], axis, accesses)) last.push(axis);
    else groups.push([axis]);
  });
  const indices = shape.map(() => k.indexConst(0));
  const loops = groups.map((axes, i) => {
    const variable = new k.LoopVar(`i${i}`);
    indices[axes[axes.length - 1]] = k.indexVar(variable);
    return { var: variable, extent: axes.reduce((product, axis) => product * shape[axis], 1) };
  });
  return { loops, indices };
}

function canMerge(space: Space, outer: number, inner: number, accesses: readonly k.Index[]): boolean {
  const { var: outerVar } = space.loops[outer];
  const { var: innerVar, extent: innerExtent } = space.loops[inner];
  return accesses.every((index) => {
    const [a, b] = [k.strideIn(index, outerVar), k.strideIn(index, innerVar)];
    return a !== undefined && b !== undefined && a === b * innerExtent;
  });
}

/** Every index in a list of statements. */
export function accessesOf(stmts: readonly k.Stmt[]): k.Index[] {
  const found: k.Index[] = [];
  const ofExpr = (expr: k.Expr): void => {
    if (expr.kind === "load" || expr.kind === "index") ofIndex(expr.index);
    else if (expr.kind === "op" || expr.kind === "compare") expr.args.forEach(ofExpr);
    else if (expr.kind === "convert" || expr.kind === "bitcast" || expr.kind === "reduce_precision")
      ofExpr(expr.arg);
    else if (expr.kind === "inRange") for (const { index } of expr.tests) ofIndex(index);
  };
  const ofIndex = (index: k.Index): void => {
    found.push(index);
  };
  const visit = (list: readonly k.Stmt[]): void => {
    for (const stmt of list) {
      if (stmt.kind === "let" || stmt.kind === "assign") ofExpr(stmt.value);
      else if (stmt.kind === "store") {
        ofIndex(stmt.index);
        ofExpr(stmt.value);
      } else if (stmt.kind === "for") visit(stmt.body);
      else if (stmt.kind === "reduce") {
        visit(stmt.body);
        stmt.elements.forEach(ofExpr);
        stmt.init.forEach(ofExpr);
      } else if (stmt.kind === "if") {
        ofExpr(stmt.condition);
        visit(stmt.then);
        visit(stmt.else);
      } else {
        visit(stmt.before);
        ofExpr(stmt.condition);
        visit(stmt.body);
      }
    }
  };
  visit(stmts);
  return found;
}
