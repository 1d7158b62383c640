import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type FixedPlace, PLACES_FILE } from "./function/fixed-places";
import { EXTENSION, FOLDER, packages, sources } from "./function-files";

/**
 * The code of the functions in the network: its files as JavaScript, the packages that it needs as npm has installed them, and
 * the places that it may connect to. It is the same for every checkout with the same lock file, so that the functions change
 * only with them and with the places, whose order does not matter.
 */
export function functionCode(places: readonly FixedPlace[]): pulumi.asset.Archive {
  const sorted = places.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  return new pulumi.asset.AssetArchive({
    ...Object.fromEntries(
      sources().map((name) => [
        `${basename(name, EXTENSION)}.js`,
        new pulumi.asset.StringAsset(compiled(join(FOLDER, name))),
      ]),
    ),
    ...Object.fromEntries(
      [...packages()].map(([name, folder]) => [`node_modules/${name}`, new pulumi.asset.FileArchive(folder)]),
    ),
    [PLACES_FILE]: new pulumi.asset.StringAsset(JSON.stringify(sorted)),
  });
}

function nameOf({ of: { service, database } }: FixedPlace): string {
  return `${service} ${database}`;
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
