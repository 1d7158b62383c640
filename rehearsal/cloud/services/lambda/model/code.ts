import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** A file or an archive of files, as Pulumi's engine describes it to a provider. */
export interface Files {
  hash: string;
  /** Of a file. */
  text?: string;
  /** On this machine. */
  path?: string;
  /** Of an archive: what is in it, by path. */
  assets?: Readonly<Record<string, Files>>;
}

/** Writes the files of an archive into a folder, as Lambda unpacks a function's code. */
export function unpack({ assets, text, path }: Files, target: string): void {
  if (assets) {
    for (const [name, files] of Object.entries(assets)) unpack(files, join(target, name));
    return;
  }
  mkdirSync(dirname(target), { recursive: true });
  if (text !== undefined) writeFileSync(target, text);
  else cpSync(resolve(path!), target, { recursive: true, dereference: true });
}
