/**
 * An npm project outside the repository with the packed package installed in it. The package is unpacked as
 * npm would, and its npm dependencies are links to what the repository has installed, so no network is needed.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../..");

export interface OutsideProject {
  readonly dir: string;
  /** Paths in the packed tarball, sorted. */
  readonly packed: readonly string[];
  remove(): void;
}

export function createOutsideProject(): OutsideProject {
  const dir = mkdtempSync(join(tmpdir(), "fluxion-outside-"));
  const packed = installPacked(dir);
  writeFileSync(
    join(dir, "package.json"),
    JSON.stringify({ name: "outside", private: true, type: "module" }),
  );
  return { dir, packed, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function installPacked(dir: string): string[] {
  const output = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", dir], {
    cwd: join(root, "packages/fluxion"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files }] = packReports(JSON.parse(output));
  const target = join(dir, "node_modules/fluxion");
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(dir, filename), "-C", target, "--strip-components=1"]);
  const { dependencies } = JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) link(join("node_modules", name), dir);
  return files.map((file) => file.path).sort();
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm 12 keys the reports by package name; earlier ones give a list. */
function packReports(parsed: PackReport[] | Record<string, PackReport>): PackReport[] {
  return Object.values(parsed);
}

function link(path: string, dir: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  symlinkSync(join(root, path), join(dir, path), "junction");
}
