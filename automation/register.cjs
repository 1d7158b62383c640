/**
 * Runs TypeScript, as `node -r ts-node/register` does, and keeps what ts-node compiled in `node_modules/.cache`: a
 * process whose files have not changed starts without TypeScript and swc (docs/decisions/typescript-at-run-time.md).
 * JavaScript, because it comes before the compiler.
 */
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");

/** The project whose files it compiles: the repository; in the installed package, the one above the working directory. */
const ROOT = existsSync(join(__dirname, "cli.ts")) ? join(__dirname, "..") : projectAbove(process.cwd());
/** What decides how a file is compiled: the options, and the versions of the compilers. */
const COMPILERS = ["tsconfig.json", "package-lock.json"].map((file) => stampOf(join(ROOT, file))).join(" ");
const FOLDER = join(ROOT, "node_modules/.cache/aoshingo", hash(COMPILERS));

// ts-node itself compiles where it was loaded before, such as for a mutated file.
if (!process[Symbol.for("ts-node.register.instance")]) {
  // Node 22 and newer keep V8's bytecode, too. Functions that come from there are missing in a coverage.
  if (!process.env.NODE_V8_COVERAGE) Module.enableCompileCache?.(join(FOLDER, "v8"));
  Module._extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
  mapStackTraces();
}

function projectAbove(folder) {
  if (existsSync(join(folder, "Pulumi.yaml")) || folder === dirname(folder)) return folder;
  return projectAbove(dirname(folder));
}

function compiled(file) {
  // At the end, so that the lines keep their numbers.
  const end = `\n// ${stampOf(file)}`;
  const kept = join(FOLDER, `${hash(file)}.js`);
  const code = textOf(kept);
  if (code?.endsWith(end)) return code;
  const fresh = compile(file) + end;
  keep(kept, fresh);
  return fresh;
}

let compiler;
function compile(file) {
  compiler ??= require("ts-node").create({ cwd: ROOT });
  return compiler.compile(readFileSync(file, "utf8"), file);
}

/** Replaces the file as a whole: other processes read and write it at the same time. */
function keep(file, code) {
  try {
    mkdirSync(FOLDER, { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, code);
    renameSync(partial, file);
  } catch {
    // A folder that cannot be written to only makes the next start slower.
  }
}

/** Loads what maps lines only when the first stack trace is asked for. */
function mapStackTraces() {
  Error.prepareStackTrace = (error, frames) => {
    Error.prepareStackTrace = undefined;
    const retrieveFile = (path) => (path.endsWith(".ts") ? compiled(path.replace(/^file:\/\//, "")) : null);
    require("@cspotcode/source-map-support").install({
      ...{ environment: "node", retrieveFile },
      // It would look at each module that is loaded from then on, for another library that nobody loads.
      redirectConflictingLibrary: false,
    });
    // ts-node, which compiles a file anew, may have installed it before.
    return Error.prepareStackTrace?.(error, frames) ?? [error, ...frames].join("\n    at ");
  };
}

/** Changes when the file does; empty if there is none. */
function stampOf(file) {
  const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return size === undefined ? "" : `${mtimeMs} ${size}`;
}

function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function hash(text) {
  return createHash("sha1").update(text).digest("hex").slice(0, 16);
}
