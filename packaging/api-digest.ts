import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transpileDeclaration } from "typescript";

const ROOT = join(__dirname, "..");
/** What the exported classes and types are declared in. */
const FILES = [
  "components/index.ts",
  ...["edge", "network", "program", "service", "service-args"].map((name) => `components/program/${name}.ts`),
  ...["edge/edge", "network/network", "service/service"].map((name) => `components/${name}.ts`),
  "typedoc.json",
];

/** Begins the last line of docs/api. */
export const STAMP = "<!-- Made by `npm run api-docs` from declarations with the digest ";

/** A digest of declarations and docstrings, which docs/api is made from; what is inside of functions does not count. */
export function apiDigest(): string {
  const hash = createHash("sha256");
  for (const fileName of FILES) {
    const text = readFileSync(join(ROOT, fileName), "utf8");
    hash.update(
      fileName.endsWith(".ts")
        ? transpileDeclaration(text, { fileName, compilerOptions: { declaration: true } }).outputText
        : text,
    );
  }
  return hash.digest("hex").slice(0, 12);
}
