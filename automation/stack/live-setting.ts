import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { Live } from "../../components/live";

/** Puts a live state into a copy of a stack's settings file. */
export async function writeLiveSetting(file: string, live: Live): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  document.setIn(["config", "aoshingo:live"], live);
  await writeFile(file, document.toString());
}
