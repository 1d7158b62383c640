import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = join(__dirname, "..");
const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
};

/** What a POSIX shell knows and cmd.exe does not, or takes for something else. */
const POSIX_ONLY: readonly (readonly [what: string, form: RegExp])[] = [
  ["exec", /(?:^|&& )exec /],
  ["a variable", /\$/],
  ["an assignment before a command", /(?:^|&& )\w+=/],
  ["a list by semicolons", /;/],
  ["a word in single quotation marks", /'/],
  ["a backslash", /\\/],
  ["command substitution", /`/],
  ["/dev/null", /\/dev\/null/],
  ["a background process", /(?<!&)&(?!&)/],
  ["a test or a group", /(?:^|\s)[[({]/],
  ["a program that Windows does not have", /(?:^|&& )(?:rm|cp|mv|mkdir|cat|sh|bash|test|env) /],
];

const found = (script: string) => POSIX_ONLY.filter(([, form]) => form.test(script)).map(([what]) => what);

describe("scripts of package.json", () => {
  for (const [name, script] of Object.entries(scripts))
    it(`${name} has nothing that cmd.exe does not know`, () => {
      expect(found(script)).to.deep.equal([]);
    });

  const wrong: [script: string, what: string][] = [
    ["exec node a.js", "exec"],
    ["npm run a && exec node a.js", "exec"],
    ["node a.js >/dev/null", "/dev/null"],
    ["node a.js $PWD", "a variable"],
    ["NODE_ENV=test node a.js", "an assignment before a command"],
    ["node a.js; node b.js", "a list by semicolons"],
    ["mocha 'test/*.ts'", "a word in single quotation marks"],
    ["node a.js & node b.js", "a background process"],
    ["rm -rf dist", "a program that Windows does not have"],
  ];
  for (const [script, what] of wrong)
    it(`would be found: ${script}`, () => {
      expect(found(script)).to.include(what);
    });

  it("have a command beside them that npm makes a starter for, on Windows, too", () => {
    expect(readFileSync(join(ROOT, bin.aoshingo!), "utf8")).to.match(/^#!\/usr\/bin\/env node\n/);
  });
});
