import { chmod, lstat, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { SettingsFile } from "../../../automation/add/settings-file";
import { UserError } from "../../../components/core/user-error";

const HEAD = "# Production.\nconfig:\n  aws:region: ap-northeast-1 # Tokyo\n  aoshingo:domain:   example.jp\n";
const BLOCK = { kind: "api", size: 1 };
const file = (text: string) => SettingsFile.of("Pulumi.prod.yaml", text);
const add = (text: string) => file(text).withBlock("kudos", BLOCK, "A prototype.").text;
const remove = (text: string, service: string) => file(text).withoutBlock(service).text;

const USERS = "  aoshingo:services:\n    # The core.\n    users:\n      kind: api   # HTTP\n      # port: 8080\n";
const ADDED = "    # A prototype.\n    kudos:\n      kind: api\n      size: 1\n";
const USERS_ALONE = USERS.split("\n").slice(1, -1).join("\n");
const TAIL = "# The end.\nencryptionsalt: v1:abc\n";

describe("SettingsFile", () => {
  const additions: [what: string, before: string, after: string][] = [
    ["after the last service and its comments", HEAD + USERS + TAIL, HEAD + USERS + ADDED + TAIL],
    [
      "above a comment of its own depth, although a deeper one stands before that",
      `${HEAD}${USERS}      calls:\n        - users\n        # deeper\n    # Not yet:\n${TAIL}`,
      `${HEAD}${USERS}      calls:\n        - users\n        # deeper\n${ADDED}    # Not yet:\n${TAIL}`,
    ],
    ["at the end of the file", HEAD + USERS, HEAD + USERS + ADDED],
    [
      "at the end of a file whose last line has no end",
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api`,
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api\n${ADDED.trimEnd()}`,
    ],
    [
      "before other settings and the blank line above them",
      `${HEAD}${USERS}\n  # Who sees it.\n  aoshingo:deletionProtection: true\n`,
      `${HEAD}${USERS}${ADDED}\n  # Who sees it.\n  aoshingo:deletionProtection: true\n`,
    ],
    [
      "with a blank line above it if other services have one",
      `${HEAD}${USERS}\n    # A worker.\n    mailer:\n      kind: worker\n${TAIL}`,
      `${HEAD}${USERS}\n    # A worker.\n    mailer:\n      kind: worker\n\n${ADDED}${TAIL}`,
    ],
    [
      "with the indentation of the file",
      "config:\n    aoshingo:services:\n        users:\n            kind: api\n",
      "config:\n    aoshingo:services:\n        users:\n            kind: api\n        # A prototype.\n        kudos:\n            kind: api\n            size: 1\n",
    ],
    [
      "with the line ends of the file",
      (HEAD + USERS).replaceAll("\n", "\r\n"),
      (HEAD + USERS + ADDED).replaceAll("\n", "\r\n"),
    ],
    [
      "after a text of several lines",
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api\n      test: |\n        one\n\n        # two\n`,
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api\n      test: |\n        one\n\n        # two\n${ADDED}`,
    ],
    [
      "to an empty map",
      "config:\n  aws:region: x\n  aoshingo:services: {}\n",
      `config:\n  aws:region: x\n  aoshingo:services:\n${ADDED}`,
    ],
    [
      "to an empty map, with comments behind and below it",
      `${HEAD}  aoshingo:services: {} # ours\n      # deep\n\n    # Not yet:\n    # mailer:\n\n\n  a:b: [{ c:   1 }]\n`,
      `${HEAD}  aoshingo:services: # ours\n      # deep\n${ADDED}\n    # Not yet:\n    # mailer:\n\n\n  a:b: [{ c:   1 }]\n`,
    ],
    [
      "to an empty map, with indentation and line ends of the file",
      "config:\r\n    aoshingo:services: {}",
      "config:\r\n    aoshingo:services:\r\n        # A prototype.\r\n        kudos:\r\n            kind: api\r\n            size: 1",
    ],
    [
      "to a map in one line",
      "config: # all\n  aoshingo:services: { users: { kind:   api } } # so far\n\n\n  # more\n",
      "config: # all\n  aoshingo:services: { users: { kind:   api }, kudos: { kind: api, size: 1 } } # so far\n\n\n  # more\n",
    ],
    [
      "to settings in one line",
      "config: { 'aoshingo:services': {} }\n",
      "config: { 'aoshingo:services': { kudos: { kind: api, size: 1 } } }\n",
    ],
    [
      "to an empty map of two lines",
      `config:\n  aoshingo:services: { # none\n  }\n`,
      `config:\n  aoshingo:services: { kudos: { kind: api, size: 1 } # none\n  }\n`,
    ],
    [
      "before comments on the level of the services",
      `${HEAD}${USERS}    # Not yet:\n    # other:\n${TAIL}`,
      `${HEAD}${USERS}${ADDED}    # Not yet:\n    # other:\n${TAIL}`,
    ],
    [
      "at the end of a file of Windows whose last line has no end",
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api`.replaceAll("\n", "\r\n"),
      `${HEAD}  aoshingo:services:\n    users:\n      kind: api\n${ADDED.trimEnd()}`.replaceAll("\n", "\r\n"),
    ],
  ];
  for (const [what, before, after] of additions) {
    it(`adds a block ${what}`, () => {
      expect(add(before)).to.equal(after);
    });
  }

  const MANY = `${HEAD}${USERS}\n    # A prototype.\n    # Of two lines.\n    doodle:\n      kind: api\n      # size: 2\n\n    mailer:\n      kind: worker\n\n    # Not yet:\n    # other:\n${TAIL}`;
  const removals: [what: string, service: string, before: string, after: string][] = [
    ["in the middle", "doodle", MANY, MANY.replace(/ {4}# A prototype[\s\S]*?# size: 2\n\n/, "")],
    ["at the beginning", "users", MANY, MANY.replace(/ {4}# The core[\s\S]*?8080\n\n/, "")],
    [
      "at the end, but not the comments after it",
      "mailer",
      MANY,
      MANY.replace("\n    mailer:\n      kind: worker\n", ""),
    ],
    [
      "that is the only one",
      "kudos",
      `${HEAD}  aoshingo:services:\n    kudos:\n      kind: api\n${TAIL}`,
      `${HEAD}  aoshingo:services: {}\n${TAIL}`,
    ],
    [
      "that is the only one, with its own comments alone",
      "kudos",
      `${HEAD}  aoshingo:services: # ours\n    # All of them.\n\n${ADDED}      # port: 1\n\n    # Not yet…\n    # mailer:\n    #   kind: worker\n  # Deploy settings.\n  a:b: [{ c:   1 }]\n`,
      `${HEAD}  aoshingo:services: {} # ours\n    # All of them.\n\n    # Not yet…\n    # mailer:\n    #   kind: worker\n  # Deploy settings.\n  a:b: [{ c:   1 }]\n`,
    ],
    [
      "that is the last of a file of Windows whose last line has no end",
      "bb",
      "config:\r\n  aoshingo:services:\r\n    aa: { kind: api }\r\n    bb: { kind: api }",
      "config:\r\n  aoshingo:services:\r\n    aa: { kind: api }",
    ],
    ...[
      ["aa", "first", "{ bb:   { b: 2 }, cc: { c: 3 } }"],
      ["bb", "second", "{ aa: { a: 1 }, cc: { c: 3 } }"],
      ["cc", "last", "{ aa: { a: 1 }, bb:   { b: 2 } }"],
    ].map(([service, which, after]): [string, string, string, string] => [
      `that is the ${which} in one line`,
      service!,
      "config:\n  aoshingo:services: { aa: { a: 1 }, bb:   { b: 2 }, cc: { c: 3 } } # ours\n  a:b:   1\n",
      `config:\n  aoshingo:services: ${after} # ours\n  a:b:   1\n`,
    ]),
    [
      "that is the only one in one line",
      "aa",
      "config:\n  aoshingo:services: { aa: { a: '#' } } # ours\n  a:b:   1\n",
      "config:\n  aoshingo:services: {} # ours\n  a:b:   1\n",
    ],
  ];
  for (const [what, service, before, after] of removals) {
    it(`removes a block ${what}`, () => {
      expect(after).not.to.equal(before);
      expect(remove(before, service)).to.equal(after);
    });
  }

  it("has the same bytes as before after a block was added and removed", () => {
    const service = fc.record({
      comments: fc.array(fc.constantFrom("# a: b", "# ---", "#"), { maxLength: 2 }),
      inner: fc.array(
        fc.constantFrom(
          "size: 2",
          "# size: 3",
          "env: { A: '#' }",
          "test: |\n        one\n        # two",
          "calls:\n        - users",
        ),
        { maxLength: 3 },
      ),
      isSpaced: fc.boolean(),
    });
    const below = fc.array(
      fc.constantFrom("", "# a", "  # b: c", "    # Not yet:", "      # deep", "        # deeper"),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(
        fc.array(service, { maxLength: 4 }),
        fc.constantFrom("", " # ours"),
        below,
        fc.constantFrom("", TAIL, `\n${TAIL}`),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (services, behind, comments, tail, eol, isEnded) => {
          const blocks = services.map(({ comments, inner, isSpaced }, index) => {
            const lines = [...comments, `s${index}:`, "  kind: api", ...[...new Set(inner)].map((line) => `  ${line}`)];
            return `${isSpaced && index > 0 ? "\n" : ""}${lines.map((line) => `    ${line}\n`).join("")}`;
          });
          const key = `  aoshingo:services:${services.length === 0 ? " {}" : ""}${behind}\n`;
          const lines = `${HEAD}${key}${blocks.join("")}${comments.map((line) => `${line}\n`).join("")}${tail}`;
          const text = (isEnded ? lines : lines.trimEnd()).replaceAll("\n", eol);
          expect(remove(add(text), "kudos")).to.equal(text);
        },
      ),
    );
  });

  it("keeps every comment that is not its own when the last service goes", () => {
    const column = fc.constantFrom("", "  ", "    ");
    const comments = fc.array(
      fc.oneof(
        column.map((indent) => `${indent}# x: y`),
        fc.constant(""),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(comments, comments, fc.constantFrom("\n", "\r\n"), (above, below, eol) => {
        const before = [...above, ...(above.length > 0 ? ["  # Deeper than config."] : [])];
        const [head, tail] = [before, [...below, "  a:b: 1", "# The end.", ""]];
        const text = [HEAD.trimEnd(), "  aoshingo:services: # ours", ...head, USERS_ALONE, ...tail].join("\n");
        const wanted = [HEAD.trimEnd(), "  aoshingo:services: {} # ours", ...head, ...tail].join("\n");
        expect(remove(text.replaceAll("\n", eol), "users")).to.equal(wanted.replaceAll("\n", eol));
      }),
    );
  });

  for (const [what, text, message] of [
    ["that is not YAML", "a: [", /^Pulumi.prod.yaml is not YAML: .*[^:]$/],
    ["with a key twice", "a: 1\na: 2", /^Pulumi.prod.yaml is not YAML: a is there a second time in line 2: /],
    ["with an alias of nothing", "config: *x\n", /^Pulumi.prod.yaml is not YAML: Unresolved alias .*: x$/],
    ["with an alias of itself", "config: &c\n  a: *c\n", /^Pulumi.prod.yaml refers to itself by an alias /],
    ["without keys", "- config\n", /^Pulumi.prod.yaml has no keys with values: /],
    ["without keys below config", "config: 5\n", /^Pulumi.prod.yaml: config is number: wanted keys with values$/],
    ["that Pulumi's CLI reads otherwise", "config: { a: 0644 }\n", /^Pulumi.prod.yaml: 0644 is an octal number /],
  ] as const)
    it(`refuses text ${what} in one line`, () => {
      expect(() => file(text)).to.throw(UserError, message);
    });

  it("says what is missing if there is nothing below config", () => {
    expect(file("config:\n").problems).to.deep.equal(file("config: {}\n").problems).and.have.length(2);
  });

  it("replaces the file in one step, keeps its mode, and follows a link", async () => {
    const folder = await mkdtemp(join(tmpdir(), "settings-file-"));
    try {
      const [target, link] = [join(folder, "kept.yaml"), join(folder, "Pulumi.prod.yaml")];
      await writeFile(target, "config: {}\n");
      await chmod(target, 0o640);
      await symlink(target, link);
      const before = await open(target);
      SettingsFile.of(link, "config: { new: true }\n").write();
      expect(await before.readFile("utf8"), "a reader that opened the old file").to.equal("config: {}\n");
      await before.close();
      expect(await readFile(target, "utf8")).to.equal("config: { new: true }\n");
      expect((await stat(target)).mode & 0o777).to.equal(0o640);
      expect((await lstat(link)).isSymbolicLink()).to.equal(true);
      expect(await readdir(folder)).to.have.members(["kept.yaml", "Pulumi.prod.yaml"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const [what, change] of [
    [
      "another one of which is an alias of the one that goes",
      () => remove(`${HEAD}  aoshingo:services:\n    aa: &a { kind: api }\n    bb: *a\n`, "aa"),
    ],
    ["that are an alias", () => add("x: &x { aa: { kind: api } }\nconfig:\n  aoshingo:services: *x\n")],
    [
      "between which there is a comment within braces",
      () => remove(`${HEAD}  aoshingo:services: { aa: { a: 1 }, # first\n    bb: { b: 2 } }\n`, "aa"),
    ],
  ] as const)
    it(`refuses in one line to change services ${what}`, () => {
      expect(change).to.throw(UserError, /^Pulumi\.prod\.yaml stays as it is: .*change it in an editor$/);
    });
});
