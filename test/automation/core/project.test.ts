import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStackSettings } from "../../../automation/core/project";
import { UserError } from "../../../components/core/user-error";

const HEAD = "config:\n  aws:region: ap-northeast-1\n  aoshingo:domain: example.jp\n";
const SERVICE = "  aoshingo:services:\n    users:\n      kind: api\n";

describe("readStackSettings", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-settings-"));
    file = join(folder, "Pulumi.prod.yaml");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    writeFileSync(file, text);
    return readStackSettings("prod", file);
  };

  it("reads the settings and the region of a file", () => {
    const { region, settings } = read(HEAD + SERVICE);
    expect(region).to.equal("ap-northeast-1");
    expect(Object.keys(settings.services)).to.deep.equal(["users"]);
  });

  it("takes a region that may be newer than the list of the provider, if the settings say so", () => {
    for (const value of ["true", '"true"'])
      expect(
        read(`${HEAD.replace("ap-northeast-1", "us-east-3")}  aws:skipRegionValidation: ${value}\n${SERVICE}`),
      ).to.include({
        region: "us-east-3",
      });
  });

  const refused: [what: string, text: string, line: string][] = [
    [
      "what is no YAML",
      "config: [",
      "Pulumi.prod.yaml is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 10",
    ],
    ...[
      ["users", `${HEAD}${SERVICE}    users:\n      kind: api\n`, 7],
      ["aoshingo:domain", `${HEAD}  aoshingo:domain: a.jp\n`, 4],
      ['"a b"', 'config:\n  "a b": 1\n  "a b": 2\n', 3],
      ["b", "config: { b: 1, b: 2 }\n", 1],
      ["a key", "config: { b, b, c: 2 }\n", 1],
      ["a key", "config:\n  ? b\n  : 1\n  ? b\n", 4],
    ].map(([key, text, line]): [string, string, string] => [
      `${key} twice`,
      `${text}`,
      `Pulumi.prod.yaml is not YAML: ${key} is there a second time in line ${line}: wanted each key once in its block`,
    ]),
    ["a list", "- a\n", "Pulumi.prod.yaml has no keys with values: wanted a mapping in YAML"],
    ["a text", "a\n", "Pulumi.prod.yaml has no keys with values: wanted a mapping in YAML"],
    ["config that is a text", "config: a\n", "Pulumi.prod.yaml: config is string: wanted keys with values"],
    [
      "an alias within what it names",
      `${HEAD}${SERVICE}      env: &e { A: *e }\n`,
      "Pulumi.prod.yaml refers to itself by an alias (*): write the value out",
    ],
    [
      "an alias of nothing",
      `${HEAD}${SERVICE}      env: *e\n`,
      "Pulumi.prod.yaml is not YAML: Unresolved alias (the anchor must be set before the alias): e",
    ],
    ...["config: {}\n", "config:\n", "", "aws:region: ap-northeast-1\n"].map((text): [string, string, string] => [
      `no region below config: ${JSON.stringify(text)}`,
      text,
      "aws:region is missing in Pulumi.prod.yaml: wanted a region below config:, such as ap-northeast-1",
    ]),
    ...["tokyo", '""', "AP-NORTHEAST-1", '" ap-northeast-1 "'].map((region): [string, string, string] => [
      `the region ${region}`,
      `config:\n  aws:region: ${region}\n`,
      `aws:region is "${region.replaceAll('"', "")}" in Pulumi.prod.yaml: wanted a region, such as ap-northeast-1`,
    ]),
    [
      "a region that AWS does not have",
      "config:\n  aws:region: us-east-3\n",
      'aws:region is "us-east-3" in Pulumi.prod.yaml: wanted a region that AWS has, such as us-east-1 or us-east-2; set aws:skipRegionValidation: "true" if AWS has a new one',
    ],
  ];
  for (const [what, text, line] of refused)
    it(`refuses ${what} in one line`, () => {
      expect(() => read(text))
        .to.throw(UserError)
        .with.property("message", line);
    });

  it("refuses a folder and an unknown file", () => {
    mkdirSync(file);
    expect(() => readStackSettings("prod", file)).to.throw(UserError, "Pulumi.prod.yaml cannot be read (EISDIR)");
    const nowhere = join(folder, "nowhere.yaml");
    expect(() => readStackSettings("prod", nowhere)).to.throw(UserError, `settings file ${nowhere} does not exist`);
  });

  // Each as the CLI reads it: `pulumi config --json`, 3.260.0.
  const otherwise: [text: string, what: string][] = [
    ["0644", "an octal number"],
    ["-017", "an octal number"],
    ["0b11", "a binary number"],
    ["1_000", "a number"],
    ["2026-01-01", "a time"],
    ["2026-01-01T10:00:00Z", "a time"],
    ["2026-01-01 10:00", "a time"],
  ];
  for (const [text, what] of otherwise) {
    it(`refuses ${text}, which is ${what} to Pulumi's CLI`, () => {
      expect(() => read(`${HEAD}${SERVICE}      env: { A: ${text} }\n`)).to.throw(
        UserError,
        `Pulumi.prod.yaml: ${text} is ${what} to Pulumi's CLI: put it in quotes, or write it in decimals`,
      );
    });

    it(`takes "${text}" in quotes`, () => {
      const { settings } = read(`${HEAD}${SERVICE}      env: { A: "${text}" }\n`);
      expect(settings.services.users!.env).to.deep.equal({ A: text });
    });
  }

  for (const text of ["v1_0", "a_b", "2026-01-01x", "10.0.0.0", "1-2-3"])
    it(`takes ${text}, which is a text to both`, () => {
      expect(read(`${HEAD}${SERVICE}      env: { A: ${text} }\n`).settings.services.users!.env).to.deep.equal({
        A: text,
      });
    });
});
