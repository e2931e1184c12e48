export * from "./arithmetic.ts";
export { broadcastError, tryBroadcastShapes } from "./broadcast.ts";
export { array, asarray } from "./array.ts";
