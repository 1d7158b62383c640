import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

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
  if (text !== undefined) {
    writeFileSync(target, text);
    return;
  }
  // The engine tells a provider that it has not started itself nothing of the program's folder.
  if (!isAbsolute(path!))
    throw new Error(
      `the rehearsal cloud does not know in which folder ${path} is: wanted an absolute path in the program, such as join(__dirname, "function")`,
    );
  cpSync(path!, target, { recursive: true, dereference: true });
}
