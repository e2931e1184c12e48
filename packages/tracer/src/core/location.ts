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
  // A page serves the built file under any path.
  if (url === ownUrl || file.startsWith("node:")) return true;
  return url.startsWith(ownRoot) && /\/(src|dist)\//.test(url);
};

/** What V8 tells of a stack frame without writing the stack as text. */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  /** The frame's line of the text, without "at". */
  toString(): string;
}

/** `Error` as V8 has it; other engines ignore the hook. */
interface StackErrors {
  stackTraceLimit?: number;
  prepareStackTrace?(error: Error, frames: CallSite[]): unknown;
}

const errors: StackErrors = Error;

/**
 * Frames of Fluxion above a user's call are rarely more than the first number, never more than the second. Looking at
 * more frames takes longer.
 */
const [FEW_FRAMES, MANY_FRAMES] = [12, 60];

/** Locations by place in the running script: a text of the stack costs fifty times what looking here costs. */
const known = new Map<string, Location | undefined>();
const knownOwn = new Map<string, boolean>();

/** The user's place in the program, or nothing when every frame is Fluxion's. Costs some microseconds. */
export function userLocation(): Location | undefined {
  const place = placeOfUser(FEW_FRAMES) ?? placeOfUser(MANY_FRAMES);
  if (place === undefined) return locationFromText(MANY_FRAMES);
  const { site, depth } = place;
  const key = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  const found = known.get(key);
  if (found !== undefined || known.has(key)) return found;
  const location = isMapped() ? locationFromText(depth + 1) : firstUserFrame(`\n    at ${site}`);
  known.set(key, location);
  return location;
}

/** Whether the text of a stack may say other places than its frames: those of the sources that a program was made from. */
const isMapped = (): boolean =>
  errors.prepareStackTrace !== undefined ||
  (typeof process === "object" && process.sourceMapsEnabled === true);

/** The user's place while a function of the library runs that calls none of the user's. */
let held: { readonly location: Location | undefined } | undefined;

/** Runs a function of the library that does not call the user's: the user's place is the same for all that it emits. */
export function atOnePlace<T>(fn: () => T): T {
  if (held !== undefined) return fn();
  held = { location: userLocation() };
  try {
    return fn();
  } finally {
    held = undefined;
  }
}

/** Runs what may call the user's functions. */
export function atManyPlaces<T>(fn: () => T): T {
  const outer = held;
  held = undefined;
  try {
    return fn();
  } finally {
    held = outer;
  }
}

/** As `userLocation`, looked up once for all that runs at one place. */
export const locationOfEmission = (): Location | undefined =>
  held === undefined ? userLocation() : held.location;

/** The first frame that is not Fluxion's, and how many stand above it; nothing where the engine does not give frames. */
function placeOfUser(frames: number): { readonly site: CallSite; readonly depth: number } | undefined {
  const sites = captured(frames) ?? [];
  const depth = sites.findIndex((frame) => isUserFile(frame.getFileName()));
  return depth < 0 ? undefined : { site: sites[depth], depth };
}

function isUserFile(file: string | null | undefined): boolean {
  if (file === null || file === undefined) return false;
  let isOwn = knownOwn.get(file);
  if (isOwn === undefined) {
    // Code without a file of its own (of eval, of the engine) is no place to name.
    isOwn = !/^(?:(?:file|https?):\/\/|\/|[A-Za-z]:\\)/.test(file) || isOwnFrame(file);
    knownOwn.set(file, isOwn);
  }
  return !isOwn;
}

function captured(frames: number): readonly CallSite[] | undefined {
  const { prepareStackTrace: prepare, stackTraceLimit: limit } = errors;
  let sites: readonly CallSite[] | undefined;
  errors.stackTraceLimit = frames;
  errors.prepareStackTrace = (_, all) => {
    sites = all;
    return "";
  };
  // Reading the stack is what prepares it.
  void new Error().stack;
  errors.prepareStackTrace = prepare;
  errors.stackTraceLimit = limit;
  return sites;
}

/** To write a stack as text takes long, and longer for each frame. */
function locationFromText(frames: number): Location | undefined {
  const limit = errors.stackTraceLimit;
  errors.stackTraceLimit = frames;
  const { stack } = new Error();
  errors.stackTraceLimit = limit;
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
