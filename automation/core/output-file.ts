import { accessSync, constants, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../components/core/user-error";
import { notWritten } from "./paths-there";

/** A file that an option names, which a command writes when its work is done. */
export class OutputFile {
  /**
   * @param option as it is typed, such as `--markdown`
   * @param path undefined if the option is not given: then nothing is written
   * @throws UserError, before the work, if the file cannot be written
   */
  constructor(
    private readonly option: string,
    private readonly path: string | undefined,
  ) {
    const code = path === undefined ? undefined : codeOf(path);
    if (code !== undefined)
      throw new UserError(
        `${option} ${path}: cannot be written (${code}): wanted the path of a file in a folder that exists`,
      );
  }

  /** @throws UserError with exit code 1 if it cannot be written any more */
  async write(text: string): Promise<void> {
    if (this.path === undefined) return;
    await writeFile(this.path, text).catch((error: unknown) => {
      throw notWritten(`${this.option} ${this.path}:`, error);
    });
  }

  /** Writes why the work failed. That is the error to end with, so a file that cannot be written is only a line on stderr. */
  async writeFailure(text: string): Promise<void> {
    await this.write(text).catch((error: Error) => console.error(error.message));
  }
}

/** Returns why a file cannot be written, as the system says it; undefined if it can. */
function codeOf(path: string): string | undefined {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) return "EISDIR";
    const folder = dirname(path);
    if (!statSync(folder).isDirectory()) return "ENOTDIR";
    accessSync(there ? path : folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
