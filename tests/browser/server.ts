/**
 * Serves test pages on 127.0.0.1:
 *
 *   /                      an empty page whose import map names the browser build and its npm dependencies
 *   /fluxion/…             packages/fluxion/dist/browser
 *   /node_modules/…        what npm installed
 *   /programs/NAME.ts      tests/browser/programs, types stripped
 *
 * With `isolated`, every answer carries the COOP and COEP headers that give a page shared memory.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";
import { transform } from "esbuild";

const root = resolve(import.meta.dirname, "../..");

const FOLDERS: Record<string, string> = {
  fluxion: join(root, "packages/fluxion/dist/browser"),
  node_modules: join(root, "node_modules"),
  programs: join(import.meta.dirname, "programs"),
};

const IMPORT_MAP = {
  imports: {
    fluxion: "/fluxion/index.js",
    binaryen: "/node_modules/binaryen/index.js",
    fflate: "/node_modules/fflate/esm/browser.js",
    "csv-parse/browser/esm/sync": "/node_modules/csv-parse/dist/esm/sync.js",
  },
};

const PAGE = `<!doctype html><meta charset="utf-8"><title>Fluxion test page</title>
<link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify(IMPORT_MAP)}</script>`;

const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".ts": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".map": "application/json",
};

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export interface PageServer {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

export async function servePages(options: { isolated: boolean }): Promise<PageServer> {
  const headers = options.isolated ? ISOLATION : {};
  const server = createServer((request, response) => {
    void answer(request, response, headers);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, close };
}

async function answer(request: IncomingMessage, response: ServerResponse, headers: Record<string, string>) {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  try {
    const [type, body] = pathname === "/" ? ["text/html", PAGE] : await readServed(pathname);
    response.writeHead(200, { ...headers, "Content-Type": type, "Cache-Control": "no-store" }).end(body);
  } catch (error) {
    response.writeHead(404, { ...headers, "Content-Type": "text/plain" }).end(String(error));
  }
}

async function readServed(pathname: string): Promise<[type: string, body: string | Uint8Array]> {
  const [, folder, ...rest] = normalize(decodeURIComponent(pathname)).split("/");
  const base = FOLDERS[folder];
  if (!base) throw new Error(`nothing is served at ${pathname}`);
  const file = join(base, ...rest);
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  const body = await readFile(file);
  if (extname(file) !== ".ts") return [type, body];
  const { code } = await transform(body.toString(), { loader: "ts", target: "es2023", sourcefile: pathname });
  return [type, code];
}
