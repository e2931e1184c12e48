import { type DType, dtypeTable } from "./dtype.ts";

/** Dimension sizes, outermost first. */
export type Shape = readonly number[];

/** The type of a value: element type and static shape. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export const tensorType = (dtype: DType, shape: Shape): TensorType => ({
  dtype,
  shape,
});

/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, dim) => product * dim, 1);

/** Bytes of a dense array of this type. */
export const bytesOf = (type: TensorType): number => sizeOf(type.shape) * dtypeTable[type.dtype].bytes;

/** Row-major strides, in elements. */
export const stridesOf = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
};

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

export const sameType = (a: TensorType, b: TensorType): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

/** `tensor<2x3xf32>`, as MLIR writes it. */
export const formatType = ({ dtype, shape }: TensorType): string =>
  `tensor<${[...shape, dtypeTable[dtype]?.mlir ?? dtype].join("x")}>`;

/** `float32[2,3]`, as messages to users write it. */
export const formatArrayType = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(",")}]`;

/** `tensor<f32>, tensor<2xi1>`. */
export const formatTypes = (types: readonly TensorType[]): string => types.map(formatType).join(", ");

/** `(2, 3)`, as NumPy writes a shape. */
export const formatShape = (shape: Shape): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
