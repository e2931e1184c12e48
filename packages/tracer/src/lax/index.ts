export * from "./elementwise.ts";
export * from "./powers.ts";
export * from "./select.ts";
