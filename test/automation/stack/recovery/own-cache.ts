import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepEnvironment } from "../../../keep-environment";

/** Gives each test of a suite a cache folder of its own, as if this machine had not started anything yet. */
export function ownCache(): void {
  let folder: string;
  keepEnvironment();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-cache-"));
    Object.assign(process.env, { HOME: folder, XDG_CACHE_HOME: folder });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}
