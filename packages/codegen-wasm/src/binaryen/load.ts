/**
 * Loading binaryen: once, and only when something is compiled.
 *
 * The npm file weighs 15 MB and starts with a top-level `await`, so an ordinary import would make
 * every user wait and would make compilation asynchronous. In Node, where `jit` must return a value
 * synchronously, the file is turned into a plain function by a few checked replacements
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
      "the WebAssembly compiler is not loaded yet: a page has to `await init()` once before it computes anything",
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
  const path = createRequire(import.meta.url).resolve("binaryen");
  const { program, wasm } = makeSynchronous(readFileSync(path));
  const parameters = ["fluxionRequire", "fluxionUrl", "fluxionWasm"];
  const factory = vm.compileFunction(program, parameters, { filename: path });
  return factory(createRequire(path), pathToFileURL(path).href, wasm);
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

/** Between the two the compiled binaryen stands as a template literal. */
const LITERAL_START = "(bA??=x6(`";
const LITERAL_END = "`),function(j){";

/**
 * Rewrites the bytes of binaryen's npm file into the body of a synchronous factory function, which takes the WebAssembly
 * binary as a parameter: decoding its literal here is three times as fast as letting the engine parse it.
 */
export function makeSynchronous(file: Uint8Array): { program: string; wasm: Uint8Array<ArrayBuffer> } {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const start = buffer.indexOf(LITERAL_START);
  const end = buffer.lastIndexOf(LITERAL_END);
  if (start < 0 || end < start) throw unknownText(start < 0 ? LITERAL_START : LITERAL_END);
  const prologue = replaceAllOnce(buffer.toString("latin1", 0, start), PROLOGUE);
  const epilogue = replaceAllOnce(buffer.toString("latin1", end), EPILOGUE);
  const wasm = decodeLiteral(file.subarray(start + LITERAL_START.length, end));
  return { program: `${prologue}(bA??=fluxionWasm${epilogue.slice("`)".length)}`, wasm };
}

const BACKSLASH = 0x5c;
const HEX_ESCAPE = 0x78;
/** Code of the character after the backslash → the byte it stands for; 255 where there is no such escape. */
const ESCAPES = new Uint8Array(256).fill(255);
for (const [letter, byte] of Object.entries({ 0: 0, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 })) {
  ESCAPES[letter.charCodeAt(0)] = byte;
}
for (const character of "\\`$") ESCAPES[character.charCodeAt(0)] = character.charCodeAt(0);

/** The bytes that a template literal of characters up to 255 stands for. */
function decodeLiteral(source: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    let byte = source[i];
    if (byte === BACKSLASH) {
      const letter = source[++i];
      if (letter === HEX_ESCAPE) {
        byte = (hexDigit(source[i + 1]) << 4) | hexDigit(source[i + 2]);
        i += 2;
      } else {
        byte = ESCAPES[letter];
        if (byte === 255) throw unknownText(`no escape like \\${String.fromCharCode(letter)}`);
      }
    }
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

function hexDigit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
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
