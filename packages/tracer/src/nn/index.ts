export * from "./activations.ts";
export * from "./softmax.ts";
