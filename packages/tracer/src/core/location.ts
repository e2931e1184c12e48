/** The line of the user's program that made an operation: the first stack frame outside Fluxion. */

import type { Location } from "@fluxion/ir";

const ownUrl = import.meta.url;
/** Frames below this prefix are Fluxion's own: the packages folder in the source tree, the dist folder when built. */
const ownRoot = ownUrl.includes("/packages/tracer/")
  ? ownUrl.slice(0, ownUrl.lastIndexOf("/packages/tracer/") + "/packages/".length)
  : ownUrl.slice(0, ownUrl.lastIndexOf("/") + 1);

const framePattern =
  /^\s*at (?:(?:async )?(.*?) \()?((?:file|https?):\/\/[^)\s]+|\/[^)\s:]+|[A-Za-z]:\\[^)\s]+?):(\d+):(\d+)\)?$/;

const isOwnFrame = (file: string): boolean => {
  const url = file.startsWith("/") ? `file://${file}` : file;
  return (url.startsWith(ownRoot) && /\/(src|dist)\//.test(url)) || file.startsWith("node:");
};

/** The user's place in the program, or nothing when every frame is Fluxion's. Costs some microseconds. */
export function userLocation(): Location | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return stack === undefined ? undefined : firstUserFrame(stack);
}

/** The first frame of a stack text that is not Fluxion's. */
export function firstUserFrame(stack: string): Location | undefined {
  for (const line of stack.split("\n").slice(1)) {
    const match = framePattern.exec(line);
    if (match === null || isOwnFrame(match[2])) continue;
    const scope = match[1]?.replace(/^(Object|Module)\./, "");
    return { file: displayFile(match[2]), line: Number(match[3]), column: Number(match[4]), scope };
  }
  return undefined;
}

const displayFile = (file: string): string => (file.startsWith("file://") ? decodeURI(file.slice(7)) : file);
