/** NumPy's broadcasting and JAX's promotion of operands, with the errors that show the shapes right-aligned. */

import { formatShape, type Shape } from "@fluxion/ir";
import { config } from "../core/config.ts";
import { broadcastTo, convert } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { warnOnce } from "../core/warnings.ts";
import { type Promotable, resultType } from "./promotion.ts";

/** Broadcast shape of several, or nothing if they do not fit. */
export function tryBroadcastShapes(shapes: readonly Shape[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      if (shape[i] === 1 || shape[i] === result[axis]) continue;
      if (result[axis] !== 1) return undefined;
      result[axis] = shape[i];
    }
  }
  return result;
}

const operatorOf: Record<string, string> = {
  add: "+",
  subtract: "-",
  sub: "-",
  multiply: "*",
  mul: "*",
  divide: "/",
  div: "/",
  trueDivide: "/",
  floorDivide: "//",
  remainder: "%",
  mod: "%",
  power: "**",
  pow: "**",
  equal: "==",
  notEqual: "!=",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
  bitwiseAnd: "&",
  bitwiseOr: "|",
  bitwiseXor: "^",
};

/** Letters for operands: x, y, z, then a, b, … */
const operandName = (i: number): string => (i < 3 ? "xyz"[i] : String.fromCharCode(97 + i - 3));

/** The right-aligned table of shapes under a broadcast error. */
export function shapeTable(name: string, shapes: readonly Shape[]): string {
  const operator = operatorOf[name];
  const result =
    shapes.length === 2 && operator
      ? `x ${operator} y`
      : `${name}(${shapes.map((_, i) => operandName(i)).join(", ")})`;
  const labels = [...shapes.map((_, i) => operandName(i)), result];
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const ranks = [...shapes.map((shape) => shape.length), rank];
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const width = Math.max(...shapes.flatMap((shape) => shape.map((dim) => String(dim).length)), 1);
  const cells = (shape: Shape): string =>
    Array.from({ length: rank }, (_, i) => {
      const axis = i - (rank - shape.length);
      return axis < 0 ? " ".repeat(width) : String(shape[axis]).padStart(width);
    }).reduce((line, cell, i) => line + (i === 0 ? "" : rank - shape.length < i ? " x " : "   ") + cell, "");
  const head = (i: number): string => `  ${labels[i].padEnd(labelWidth)}  (${ranks[i]}d array): `;
  const rows = shapes.map((shape, i) => head(i) + cells(shape));
  const rule = `  ${"-".repeat(Math.max(...rows.map((row) => row.length)) - 2)}`;
  return [...rows, rule, `${head(shapes.length)}${conflict(shapes, rank)}`].join("\n");
}

function conflict(shapes: readonly Shape[], rank: number): string {
  for (let axis = rank - 1; axis >= 0; axis--) {
    const sizes = [
      ...new Set(shapes.map((shape) => shape[axis - (rank - shape.length)] ?? 1).filter((dim) => dim !== 1)),
    ];
    if (sizes.length > 1) return `error: ${sizes.join(" and ")} at axis ${axis}`;
  }
  return "error";
}

/** A hint that would make two shapes fit, when a reshape by size-1 dimensions does. */
function broadcastHelp(shapes: readonly Shape[]): string | undefined {
  if (shapes.length !== 2) return undefined;
  for (const [small, large] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const [a, b] = [shapes[small], shapes[large]];
    const axis = a.length === 1 ? b.lastIndexOf(a[0], b.length - 2) : -1;
    if (axis < 0) continue;
    const shape = [a[0], ...new Array<number>(b.length - 1 - axis).fill(1)];
    const over = b.length === 2 ? "broadcasts over the columns" : `lines it up with axis ${axis}`;
    return `${operandName(small)}.reshape(${shape.join(", ")}) ${over}`;
  }
  return undefined;
}

/** Functions that broadcast without computing: to JAX, shapes that do not fit are wrong values there, elsewhere wrong types. */
const placement = new Set([
  "where",
  "select",
  "broadcastShapes",
  "broadcastArrays",
  "take_along_axis",
  "put_along_axis",
]);

/** The error of operands that do not broadcast: JAX's phrase, the table, the user's line and a hint. */
export function broadcastError(name: string, shapes: readonly Shape[]): TypeError | RangeError {
  const sameRank = shapes.every((shape) => shape.length === shapes[0].length);
  const list = shapes.map(formatShape).join(", ");
  const head =
    sameRank && !placement.has(name)
      ? `${name} got incompatible shapes for broadcasting: ${list}.`
      : `Incompatible shapes for broadcasting: shapes=[${list}]`;
  const help = broadcastHelp(shapes);
  const text = `${head}\n\n${shapeTable(name, shapes)}${help ? `\n\n  help: ${help}` : ""}${atLocation(userLocation())}`;
  return placement.has(name) ? new RangeError(text) : new TypeError(text);
}

function checkRankPromotion(name: string, operands: readonly NDArray[]): void {
  if (config.numpyRankPromotion === "allow" || placement.has(name)) return;
  const shapes = operands.filter(({ ndim }) => ndim > 0).map(({ shape }) => shape);
  if (new Set(shapes.map((shape) => shape.length)).size < 2) return;
  const list = shapes.map(formatShape).join(" ");
  const message =
    `Following NumPy automatic rank promotion for ${name} on shapes ${list}. ` +
    'Reshape the operands to one rank, or config.update("numpyRankPromotion", "allow").';
  if (config.numpyRankPromotion === "warn") {
    warnOnce(message);
    return;
  }
  throw new TypeError(
    `Operands could not be broadcast together for ${name} on shapes ${list} and with the config option ` +
      `numpyRankPromotion="raise". ${message}${atLocation(userLocation())}`,
  );
}

/** Operands broadcast to one shape. */
export function broadcastOperands(name: string, operands: readonly NDArray[]): NDArray[] {
  const shape = broadcastShapeOf(name, operands);
  return operands.map((x) => broadcastTo(x, shape));
}

export function broadcastShapeOf(name: string, operands: readonly NDArray[]): number[] {
  const shapes = operands.map((x) => x.shape);
  const shape = tryBroadcastShapes(shapes);
  if (shape === undefined) throw broadcastError(name, shapes);
  checkRankPromotion(name, operands);
  return shape;
}

/** Operands as their common dtype. */
export function promoteDTypes(
  operands: readonly NDArray[],
  common: Promotable = resultType(operands),
): NDArray[] {
  return operands.map((x) => convert(x, common.dtype, common.weakType));
}

/** Operands of one dtype and one shape: converted first, so that the conversion runs on the smaller arrays. */
export const promote = (name: string, operands: readonly NDArray[], common?: Promotable): NDArray[] =>
  broadcastOperands(name, promoteDTypes(operands, common));
