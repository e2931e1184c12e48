export * from "./elementwise.ts";
