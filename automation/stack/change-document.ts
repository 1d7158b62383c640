import { readFile, writeFile } from "node:fs/promises";
import { type Document, parseDocument } from "yaml";

/** Changes a YAML file in place; comments stay. For copies only: a crash while it writes may leave a part of the file. */
export async function changeDocument(file: string, change: (document: Document) => void): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  change(document);
  await writeFile(file, document.toString());
}
