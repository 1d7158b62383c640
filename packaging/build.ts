import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { NODE_ARGUMENTS } from "../automation/core/package-directory";
import { REHEARSAL_PACKAGES } from "../automation/core/rehearsal-packages";
import { subsetOf } from "./lock-file";

/*
 * Builds `dist/`, the package's compiled code: the same folders as here, with JavaScript in the place of TypeScript, and the
 * manual page. `npm pack` runs it (`prepack`). It prints nothing on the standard output, which is npm's.
 */

const ROOT = join(__dirname, "..");
const DIST = join(ROOT, "dist");
/** Folders of which everything that is not compiled is copied. */
const FOLDERS = ["automation", "components", "policy", "rehearsal", "services/users", "templates"];
const COMPILED = /\.ts$/;
const NOT_COPIED = /\/services\/users\/(?:test|faulty-migrations)$|\/node_modules$|\/policy\/tsconfig\.json$/;

function main(): void {
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, "node_modules/typescript-7/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", join(__dirname, "tsconfig.json")], { stdio: ["ignore", 2, 2] });
  for (const folder of FOLDERS) {
    // Images are built of these.
    const isSource = folder === "templates" || folder === "services/users";
    cpSync(join(ROOT, folder), join(DIST, folder), {
      recursive: true,
      filter: (path) => !NOT_COPIED.test(path) && (isSource || !COMPILED.test(path)),
    });
  }
  const policy = join(DIST, "policy/PulumiPolicy.yaml");
  writeFileSync(policy, readFileSync(policy, "utf8").replace("main: index.ts", "main: index.js"));
  cpSync(join(__dirname, "project.tsconfig.json"), join(DIST, "tsconfig.json"));
  writeRehearsalPackages();
  execFileSync(process.execPath, [...NODE_ARGUMENTS, join(__dirname, "man.ts")], { stdio: ["ignore", 2, 2] });
  console.error(`Built ${relative(process.cwd(), DIST)}`);
}

/** What a rehearsal needs beside what production does, as npm is asked for it the first time. */
function writeRehearsalPackages(): void {
  const folder = join(DIST, "rehearsal");
  mkdirSync(folder, { recursive: true });
  const { packageJson, lockFile } = subsetOf(
    readJson("package.json"),
    readJson("package-lock.json"),
    REHEARSAL_PACKAGES,
  );
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packageJson, null, 2)}\n`);
  writeFileSync(join(folder, "package-lock.json"), `${JSON.stringify(lockFile, null, 2)}\n`);
}

function readJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(ROOT, name), "utf8")) as Content;
}

main();
