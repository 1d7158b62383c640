import { readFile, writeFile } from "node:fs/promises";
import { type Document, parseDocument } from "yaml";

/**
 * Changes a YAML file in place and keeps its comments. Only for copies: a crash during the write may leave a part of
 * the file.
 */
export async function changeDocument(file: string, change: (document: Document) => void): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  change(document);
  await writeFile(file, document.toString());
}
