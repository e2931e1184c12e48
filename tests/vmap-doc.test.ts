/** The programs of `docs/vmap.md` print the texts below them; FLUXION_UPDATE_GOLDENS=1 rewrites these. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const doc = join(root, "docs", "vmap.md");
const mark = "──────── end of program";
const programs = /```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g;

/** What each program prints, when they run one after the other as one module. */
async function outputs(text: string): Promise<string[]> {
  const source = [...text.matchAll(programs)].map(([, program]) => `${program}console.log("${mark}");`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=fluxion-source", "--input-type=module", "-e", source.join("\n")],
    { cwd: join(root, "examples") },
  );
  return stdout.split(`${mark}\n`).slice(0, -1);
}

test("docs/vmap.md shows what its programs print", async () => {
  const text = readFileSync(doc, "utf8");
  const printed = await outputs(text);
  expect(printed.length).toBe(4);
  const fresh = text.replace(programs, (_, program: string) => {
    return `\`\`\`ts\n${program}\`\`\`\n\n\`\`\`text\n${printed.shift()}\`\`\``;
  });
  if (process.env.FLUXION_UPDATE_GOLDENS === "1") writeFileSync(doc, fresh);
  else expect(text).toBe(fresh);
});
