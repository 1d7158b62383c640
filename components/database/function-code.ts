import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { EXTENSION, FOLDER, packages, sources } from "./function-files";

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
      [...packages()].map(([name, folder]) => [`node_modules/${name}`, new pulumi.asset.FileArchive(folder)]),
    ),
  });
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
