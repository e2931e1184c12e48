/** Whether the build in packages/fluxion/dist is that of the sources: a digest of every input, kept beside it. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

export const distDir: string = join(root, "packages/fluxion/dist");
export const digestFile: string = join(distDir, ".inputs");

const INPUTS = [
  "packages/*/src/**/*",
  "packages/*/package.json",
  "packages/*/tsconfig.json",
  "tsconfig.base.json",
  "package-lock.json",
  "scripts/build.ts",
  "scripts/lib/*.ts",
];

export function inputDigest(): string {
  const hash = createHash("sha256");
  for (const entry of globSync(INPUTS, { cwd: root, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort()) {
    hash.update(entry.slice(root.length)).update("\0").update(readFileSync(entry)).update("\0");
  }
  return hash.digest("hex");
}

export function isBuilt(): boolean {
  return existsSync(digestFile) && readFileSync(digestFile, "utf8") === inputDigest();
}
