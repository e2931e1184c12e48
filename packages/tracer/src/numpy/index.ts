export * from "./arithmetic.ts";
export { array, asarray } from "./array.ts";
export { broadcastError, tryBroadcastShapes } from "./broadcast.ts";
export * from "./creation.ts";
