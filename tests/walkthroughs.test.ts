/** The programs of the pages below print the texts that follow them; FLUXION_UPDATE_GOLDENS=1 rewrites the texts. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
/** A program, and the text below it if there is one. */
const fences = /```ts\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g;
const mark = "──────── end of program";

/** What each program prints, when they run one after the other as one module. */
async function outputsOf(programs: readonly string[]): Promise<string[]> {
  const source = programs.join(`\nconsole.log("${mark}");\n`);
  const args = ["--conditions=fluxion-source", "--input-type=module", "-e", source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(root, "examples") });
  return stdout.split(`${mark}\n`);
}

test.each([
  ["vmap.md", 4],
  ["derivatives.md", 15],
])("docs/%s shows what its programs print", async (page, count) => {
  const doc = join(root, "docs", page);
  const text = readFileSync(doc, "utf8");
  const outputs = await outputsOf([...text.matchAll(fences)].map(([, program]) => program));
  expect(outputs.filter((output) => output !== "")).toHaveLength(count);
  let next = 0;
  const fresh = text.replace(fences, (_, program: string) => {
    const output = outputs[next++];
    return `\`\`\`ts\n${program}\`\`\`\n${output === "" ? "" : `\n\`\`\`text\n${output}\`\`\`\n`}`;
  });
  if (process.env.FLUXION_UPDATE_GOLDENS === "1") writeFileSync(doc, fresh);
  else expect(text).toBe(fresh);
});
