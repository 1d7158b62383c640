import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { digestOf } from "./infrastructure";

const COMPONENTS = join(__dirname, "..");
/** TypeScript in the repository, JavaScript in the package. */
const EXTENSION = extname(__filename);
/** Packages of providers: they, too, say what becomes of what is declared. */
const PROVIDERS = ["@pulumi/aws", "@pulumi/awsx"];

/**
 * Returns of which code the program is, as a short digest: the components, and the versions of the providers. The number of the
 * package's version does not say it, because a checkout of the repository has the same one for many commits; and with a digest of all that
 * the package has, each change of a command would wait for `pulumi up`.
 */
export function programCodeDigest(): string {
  const names = readdirSync(COMPONENTS, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(EXTENSION),
  );
  const files = names.sort().map((name) => readFileSync(join(COMPONENTS, name), "utf8"));
  const load = createRequire(__filename);
  const versions = PROVIDERS.map((name) => (load(`${name}/package.json`) as { version: string }).version);
  return digestOf([...files, ...versions]);
}
