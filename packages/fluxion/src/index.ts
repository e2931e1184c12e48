export * from "@fluxion/tracer";
export { io } from "./io-adapter.ts";
