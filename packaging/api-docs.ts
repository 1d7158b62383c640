import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiDigest, STAMP } from "./api-digest";

/*
 * Makes docs/api from the docstrings of what `aoshingo/components` exports. TypeDoc reads all types of @pulumi/aws for that and takes half a
 * minute, so a test only compares what the page was made from.
 */

const ROOT = join(__dirname, "..");
const PAGE = join(ROOT, "docs/api/README.md");

execFileSync(process.execPath, [join(ROOT, "node_modules/typedoc/bin/typedoc")], { cwd: ROOT, stdio: "inherit" });
writeFileSync(PAGE, `${readFileSync(PAGE, "utf8").trimEnd()}\n\n${STAMP}${apiDigest()} -->\n`);
