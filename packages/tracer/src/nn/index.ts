export * as initializers from "../namespaces/initializers.ts";
export { tanh } from "../numpy/index.ts";
export * from "./activations.ts";
export * from "./softmax.ts";
