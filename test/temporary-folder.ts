import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUp } from "./after-all-files";

/** Node's compile cache of the tools, one for each user. */
const CACHE = /^(v8-compile-cache|node-compile-cache|swc-)/;

/** Of this process and all that it starts: whatever tests leave is seen, and goes with the process. */
const folder = mkdtempSync(join(tmpdir(), "aoshingo-tests-"));
process.env.TMPDIR = folder;
// A rehearsal would make its databases in the server that a developer has for another program.
delete process.env.DATABASE_URL;
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await cleanUp();
    const left = readdirSync(folder).filter((name) => !CACHE.test(name));
    if (left.length > 0) throw new Error(`tests left ${left.length} temporary files or folders: ${left.join(", ")}`);
  },
};
