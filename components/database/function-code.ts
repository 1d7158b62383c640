import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { digestOf } from "../live/infrastructure";

const FOLDER = join(__dirname, "function");
/** TypeScript in the repository, JavaScript in the package. */
const EXTENSION = extname(__filename);
/** The client of PostgreSQL. The AWS SDK is a part of Lambda's runtime. */
const PACKAGES = ["pg"];

/**
 * The code of the function that makes databases' users: its files as JavaScript, and the packages that it needs as npm has
 * installed them. It is the same for every checkout with the same lock file, so that the function changes only with them.
 */
export function functionCode(): pulumi.asset.Archive {
  const files = sources();
  return new pulumi.asset.AssetArchive({
    ...Object.fromEntries(
      files.map((name) => [
        `${basename(name, EXTENSION)}.js`,
        new pulumi.asset.StringAsset(compiled(join(FOLDER, name))),
      ]),
    ),
    ...Object.fromEntries(
      [...packageFolders(PACKAGES, __filename)].map(([name, folder]) => [
        `node_modules/${name}`,
        new pulumi.asset.FileArchive(folder),
      ]),
    ),
  });
}

/**
 * Returns what the function's code is made of, as a short digest: the files here, and the versions of its packages. It says
 * without a compiler whether another checkout has other code.
 */
export function functionCodeDigest(): string {
  const files = sources().map((name) => readFileSync(join(FOLDER, name), "utf8"));
  const manifests = [...packageFolders(PACKAGES, __filename).values()].map((folder) =>
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  return digestOf([...files, ...manifests]);
}

function sources(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(EXTENSION));
}

function compiled(file: string): string {
  if (EXTENSION === ".js") return readFileSync(file, "utf8");
  const { transformSync } = require("@swc/core") as typeof import("@swc/core");
  const { code } = transformSync(readFileSync(file, "utf8"), {
    filename: basename(file),
    swcrc: false,
    configFile: false,
    module: { type: "commonjs" },
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
  });
  return code;
}

/** Folders of packages and of all that they depend on, by name. Packages that are only for other uses of them are left out. */
function packageFolders(
  names: readonly string[],
  from: string,
  found = new Map<string, string>(),
): Map<string, string> {
  for (const name of names) {
    if (found.has(name)) continue;
    const manifest = manifestOf(name, from);
    const { dependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
      dependencies?: Record<string, string>;
    };
    // An archive of a folder that is a link would be empty.
    found.set(name, realpathSync(dirname(manifest)));
    packageFolders(Object.keys(dependencies), manifest, found);
  }
  return found;
}

/** The package's package.json, which not every package lets others import. */
function manifestOf(name: string, from: string): string {
  const folders = createRequire(from).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const file = join(folder, name, "package.json");
    try {
      readFileSync(file);
      return file;
    } catch {
      // The next folder above may have it.
    }
  }
  throw new Error(`the package ${name} is not installed: run npm ci`);
}
