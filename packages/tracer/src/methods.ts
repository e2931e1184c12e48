/** Gives arrays their methods. The functions of `jnp` are looked up by name when a method is called. */

import { type DType, dtypeTable, sizeOf } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import { iterate, lengthOf, toJSON, toPrimitive } from "./array/conversion.ts";
import type { PrintOptions } from "./array/format/array-text.ts";
import { at } from "./array/indexing/at.ts";
import type { IndexEntry } from "./array/indexing/entries.ts";
import { get } from "./array/indexing/get.ts";
import * as placement from "./array/placement.ts";
import * as read from "./array/read.ts";
import { inspect, repr, str } from "./array/text.ts";
import { guardUnknownKeys } from "./array/unknown-keys.ts";
import { keyWidth } from "./core/aval.ts";
import { NDArray } from "./core/ndarray.ts";
import { snakeCase } from "./core/snake-case.ts";
import { astype } from "./numpy/astype.ts";
import * as jnp from "./numpy/index.ts";
import { isOptions } from "./numpy/options.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Methods that are a function of `jnp` under another name. */
const renamed: Readonly<Record<string, string>> = {
  sub: "subtract",
  mul: "multiply",
  div: "divide",
  floorDiv: "floorDivide",
  mod: "remainder",
  pow: "power",
  neg: "negative",
  pos: "positive",
  eq: "equal",
  ne: "notEqual",
  lt: "less",
  le: "lessEqual",
  gt: "greater",
  ge: "greaterEqual",
  and: "bitwiseAnd",
  or: "bitwiseOr",
  xor: "bitwiseXor",
  not: "bitwiseNot",
  conjugate: "conj",
  flatten: "ravel",
};

/** Methods that are the function of `jnp` of that name. */
const forwarded =
  "add subtract multiply divide trueDivide floorDivide remainder divmod power matmul negative positive abs absolute " +
  "equal notEqual less lessEqual greater greaterEqual bitwiseAnd bitwiseOr bitwiseXor bitwiseNot invert leftShift " +
  "rightShift logicalAnd logicalOr logicalXor logicalNot conj sum prod mean var std min max ptp all any argmin argmax " +
  "cumsum cumprod sort argsort argpartition searchsorted take nonzero ravel squeeze swapaxes moveaxis expandDims broadcastTo flip repeat tile diagonal trace clip round dot";

/** Every method that forwards, with the function it calls. */
export const forwards: ReadonlyMap<string, string> = new Map([
  ...forwarded.split(" ").map((name) => [name, name] as const),
  ...Object.entries(renamed),
]);

/** Methods of JAX's arrays, which also have Python's name. */
export const aliasedMethods: readonly string[] = [
  ...[...forwards.keys()].filter((name) => snakeCase(name) !== undefined),
  "blockUntilReady",
  "isDeleted",
  "toDevice",
];

const lookUp = (name: string): AnyFunction => {
  const found = (jnp as unknown as Record<string, unknown>)[name];
  if (typeof found !== "function") throw new Error(`jnp.${name} is not available`);
  return found as AnyFunction;
};

const forward = (method: string, name: string): AnyFunction => {
  const call = {
    [method](this: NDArray, ...args: unknown[]): unknown {
      return lookUp(name)(this, ...args);
    },
  };
  return call[method];
};

/** Sizes or axes given one by one, or as one list. */
const listOf = (args: readonly unknown[]): unknown =>
  args.length === 1 && (Array.isArray(args[0]) || args[0] === null) ? args[0] : args;

/** What is written here instead of forwarding. TypeScript checks calls against `types/methods.ts`. */
const own = {
  data(this: NDArray) {
    return read.data(this);
  },
  dataSync(this: NDArray) {
    return read.dataSync(this);
  },
  toArray(this: NDArray) {
    return read.toArray(this);
  },
  toArraySync(this: NDArray) {
    return read.toArraySync(this);
  },
  tolist(this: NDArray) {
    return read.toArraySync(this);
  },
  item(this: NDArray, ...index: number[]) {
    return read.item(this, index);
  },
  toJSON(this: NDArray) {
    return toJSON(this);
  },
  [Symbol.iterator](this: NDArray) {
    return iterate(this);
  },
  [Symbol.toPrimitive](this: NDArray, hint: "default" | "number" | "string") {
    return toPrimitive(this, hint);
  },
  valueOf(this: NDArray) {
    return toPrimitive(this, "default");
  },
  toString(this: NDArray) {
    return repr(this);
  },
  repr(this: NDArray, options?: PrintOptions) {
    return repr(this, options);
  },
  str(this: NDArray, options?: PrintOptions) {
    return str(this, options);
  },
  [Symbol.for("nodejs.util.inspect.custom")](this: NDArray) {
    return inspect(this);
  },
  get(this: NDArray, ...index: IndexEntry[]) {
    return get(this, index);
  },
  at(this: NDArray, ...index: IndexEntry[]) {
    return at(this, index);
  },
  devices(this: NDArray) {
    return new Set([placement.deviceOfArray(this, "x.devices()")]);
  },
  get device() {
    return placement.deviceOfArray(self(this), "x.device");
  },
  get sharding() {
    return new placement.SingleDeviceSharding(placement.deviceOfArray(self(this), "x.sharding"));
  },
  toDevice(this: NDArray, device: Device) {
    return placement.toDevice(this, device);
  },
  copy(this: NDArray) {
    return placement.copy(this);
  },
  astype(this: NDArray, dtype: DType) {
    return astype(this, dtype);
  },
  dispose(this: NDArray) {
    placement.dispose(this);
  },
  [Symbol.dispose](this: NDArray) {
    placement.dispose(this);
  },
  delete(this: NDArray) {
    placement.dispose(this);
  },
  isDeleted(this: NDArray) {
    return placement.isDeleted(this);
  },
  copyToHostAsync(this: NDArray) {
    return placement.copyToHost(this);
  },
  blockUntilReady(this: NDArray) {
    return placement.blockUntilReady(this);
  },
  get size() {
    return sizeOf(self(this).shape);
  },
  get itemsize() {
    return itemBytes(self(this));
  },
  get nbytes() {
    return sizeOf(self(this).shape) * itemBytes(self(this));
  },
  get length() {
    return lengthOf(self(this));
  },
  get T() {
    return lookUp("transpose")(this);
  },
  get mT() {
    return lookUp("matrixTranspose")(this);
  },
  get real() {
    return lookUp("real")(this);
  },
  get imag() {
    return lookUp("imag")(this);
  },
  reshape(this: NDArray, ...shape: unknown[]) {
    return isOptions(shape.at(-1))
      ? lookUp("reshape")(this, listOf(shape.slice(0, -1)), shape.at(-1))
      : lookUp("reshape")(this, listOf(shape));
  },
  transpose(this: NDArray, ...axes: unknown[]) {
    return axes.length === 0 ? lookUp("transpose")(this) : lookUp("transpose")(this, listOf(axes));
  },
};

const itemBytes = ({ aval }: NDArray): number => dtypeTable[aval.dtype].bytes * (aval.key ? keyWidth : 1);

/** Getters of an object literal know `this` as that object; on the prototype it is an array. */
const self = (x: unknown): NDArray => x as NDArray;

/** Installs every method on the prototype of arrays. */
export function installMethods(): void {
  const descriptors = Object.getOwnPropertyDescriptors(own);
  for (const key of Reflect.ownKeys(descriptors)) {
    const descriptor = descriptors[key as keyof typeof descriptors];
    Object.defineProperty(NDArray.prototype, key, { ...descriptor, enumerable: false });
  }
  for (const [method, name] of forwards) {
    const value = forward(method, name);
    Object.defineProperty(NDArray.prototype, method, { value, writable: true, configurable: true });
  }
  for (const name of aliasedMethods) {
    const alias = snakeCase(name);
    const descriptor = Object.getOwnPropertyDescriptor(NDArray.prototype, name);
    if (alias !== undefined && descriptor !== undefined) {
      Object.defineProperty(NDArray.prototype, alias, descriptor);
    }
  }
  guardUnknownKeys();
}

installMethods();
