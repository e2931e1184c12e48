export * from "./arithmetic.ts";
export { broadcastError, tryBroadcastShapes } from "./broadcast.ts";
