/**
 * Gathers the type declarations of the workspace packages under one folder, so that the published package
 * needs none of them: `TARGET/<package>/…​.d.ts`, with `@fluxion/x` specifiers turned into relative paths.
 * Only files that the entry reaches are copied.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./run.ts";

/** `from "x"`, `import "x"`, `import("x")` and `declare module "x"`, as tsc prints them. */
const SPECIFIER = /(\bfrom\s+|\bimport\s+|\bimport\(\s*|\bdeclare module\s+)"([^"]+)"/g;

/** Where tsc puts the declarations of a package. */
function sourceDir(name: string): string {
  return join(root, "packages", name, name === "fluxion" ? ".cache/types" : "dist");
}

interface Declaration {
  readonly pkg: string;
  /** Path below the package's declarations, without `.d.ts`. */
  readonly path: string;
}

export function gatherDeclarations(target: string): number {
  const pending: Declaration[] = [{ pkg: "fluxion", path: "index" }];
  const seen = new Set<string>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const key = `${next.pkg}/${next.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    pending.push(...copyDeclaration(next, target));
  }
  return seen.size;
}

/** Copies one file with its specifiers rewritten and returns what it refers to. */
function copyDeclaration(file: Declaration, target: string): Declaration[] {
  const source = join(sourceDir(file.pkg), `${file.path}.d.ts`);
  if (!existsSync(source)) throw new Error(`no declarations at ${relative(root, source)}; run tsc -b first`);
  const found: Declaration[] = [];
  const text = readFileSync(source, "utf8")
    .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n")
    .replace(SPECIFIER, (whole, lead: string, specifier: string) => {
      const referred = resolveSpecifier(file, specifier);
      if (!referred) return whole;
      found.push(referred);
      return `${lead}"${relativeSpecifier(file, referred)}"`;
    });
  const destination = join(target, file.pkg, `${file.path}.d.ts`);
  mkdirSync(dirname(destination), { recursive: true });
  writeFileSync(destination, text);
  return found;
}

/** The declaration that a specifier means, or null for an npm package. */
function resolveSpecifier(from: Declaration, specifier: string): Declaration | null {
  if (specifier.startsWith(".")) {
    return { pkg: from.pkg, path: join(dirname(from.path), specifier).replace(/\.[cm]?[jt]s$/, "") };
  }
  const [, pkg, subpath] = /^@fluxion\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
  if (!pkg) return null;
  if (subpath) throw new Error(`${from.pkg}/${from.path} imports ${specifier}: subpaths are not published`);
  return { pkg, path: "index" };
}

function relativeSpecifier(from: Declaration, to: Declaration): string {
  const path = relative(dirname(join(from.pkg, from.path)), join(to.pkg, to.path));
  return `${path.startsWith(".") ? path : `./${path}`}.js`;
}
