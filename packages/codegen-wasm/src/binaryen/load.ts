/**
 * Loading binaryen: once, and only when something is compiled.
 *
 * The npm file weighs 15 MB and starts with a top-level `await`, so an ordinary import would make
 * every user wait and would make compilation asynchronous. In Node, where `jit` must return a value
 * synchronously, the file's text is turned into a plain function by a few checked replacements
 * (`makeSynchronous`). A page cannot compile a module this large synchronously on its main thread,
 * so there `loadBinaryen()` has to resolve first.
 */
import type binaryen from "binaryen";

/** The binaryen API object. */
export type Binaryen = typeof binaryen;
/** A module under construction; call `dispose()` when done with it. */
export type BinaryenModule = binaryen.Module;
/** A reference to an expression inside a module; valid until the module is disposed. */
export type Expr = binaryen.ExpressionRef;
/** A value type: `b.i32`, `b.v128`, … */
export type WasmType = binaryen.Type;

/** The one version whose text `makeSynchronous` knows. */
export const BINARYEN_VERSION = "132.0.0";

let loaded: Binaryen | undefined;

/** Loads binaryen in any environment. In a page it is a separate chunk of the build. */
export async function loadBinaryen(): Promise<Binaryen> {
  if (loaded === undefined) loaded = inNode() ? loadFromText() : (await import("binaryen")).default;
  return loaded;
}

/**
 * Returns binaryen at once.
 *
 * @throws Error outside Node when `loadBinaryen()` has not resolved yet.
 */
export function binaryenSync(): Binaryen {
  if (loaded !== undefined) return loaded;
  if (!inNode()) {
    throw new Error(
      "the WebAssembly compiler is not loaded yet: a page has to wait for `await loadBinaryen()` once before it compiles anything",
    );
  }
  loaded = loadFromText();
  return loaded;
}

/** Whether binaryen is in memory already (it then costs nothing to ask for it). */
export function isBinaryenLoaded(): boolean {
  return loaded !== undefined;
}

function inNode(): boolean {
  return typeof process === "object" && typeof process.getBuiltinModule === "function";
}

function loadFromText(): Binaryen {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const vm = process.getBuiltinModule("node:vm");
  const require = createRequire(import.meta.url);
  const path = require.resolve("binaryen");
  // The file is pure ASCII; latin1 keeps it one byte a character.
  const text = makeSynchronous(readFileSync(path, "latin1"));
  const factory = vm.compileFunction(text, ["fluxionRequire", "fluxionUrl"], {
    filename: path,
  });
  return factory(createRequire(path), pathToFileURL(path).href);
}

/** Text in the file's prologue or epilogue → its synchronous counterpart. */
const PROLOGUE: readonly (readonly [find: string, replace: string])[] = [
  ["async function Ar(d6={}){", "function Ar(d6={}){"],
  ['let{createRequire:r}=await import("node:module");var OA=r(import.meta.url)', "var OA=fluxionRequire"],
  ["KA=import.meta.url", "KA=fluxionUrl"],
  ["async function N6(r){return r}async function _6(r){", "function _6(r){"],
  [
    "var t=await N6(G);return await WebAssembly.instantiate(t,r)",
    "return{instance:new WebAssembly.Instance(new WebAssembly.Module(G),r)}",
  ],
  ["async function v6(r)", "function v6(r)"],
  ["jA=await async function(){", "jA=function(){"],
];
const EPILOGUE: readonly (readonly [find: string, replace: string])[] = [
  ["(await v6(G)))}(),await async function(){", "(v6(G)))}(),function(){"],
  ["await new Promise(G=>setTimeout(G,1)),", ""],
  ["var jr=await S6(),$r=jr;export{$r as default};", "return S6();"],
];

/** Everything between is one string literal, the compiled binaryen, which needs no search. */
const LITERAL_START = "(bA??=x6(`";
const LITERAL_END = "`),function(j){";

/** Rewrites the text of binaryen's npm file into the body of a synchronous factory function. */
export function makeSynchronous(text: string): string {
  const start = text.indexOf(LITERAL_START);
  const end = text.lastIndexOf(LITERAL_END);
  if (start < 0 || end < start) throw unknownText(start < 0 ? LITERAL_START : LITERAL_END);
  return (
    replaceAllOnce(text.slice(0, start), PROLOGUE) +
    text.slice(start, end) +
    replaceAllOnce(text.slice(end), EPILOGUE)
  );
}

function replaceAllOnce(text: string, pairs: readonly (readonly [string, string])[]): string {
  for (const [find, replacement] of pairs) {
    const at = text.indexOf(find);
    if (at < 0 || text.indexOf(find, at + 1) >= 0) throw unknownText(find);
    text = text.slice(0, at) + replacement + text.slice(at + find.length);
  }
  return text;
}

function unknownText(find: string): Error {
  return new Error(
    `the installed binaryen is not version ${BINARYEN_VERSION}, the only one that can be loaded synchronously ` +
      `(expected to find exactly once: ${find})`,
  );
}
