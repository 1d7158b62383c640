import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStackSettings } from "../../../automation/core/project";
import { UserError } from "../../../components/core/user-error";
import { mistypedNamespaceProblems } from "../../../components/settings/mistyped-namespaces";
import { failureOf } from "../../failure-of";
import { declare, STATES } from "../world";

describe("mistypedNamespaceProblems", () => {
  for (const [key, wanted] of [
    ["aoshigno:deploy", "aoshingo:deploy"],
    ["aoshing:services", "aoshingo:services"],
    ["Aoshingo:domain", "aoshingo:domain"],
    ["aoshingo-:a:b", "aoshingo:a:b"],
  ] as const)
    it(`refuses ${key}`, () => {
      expect(mistypedNamespaceProblems({ [key]: {} })).to.deep.equal([`${key}: nothing reads it: wanted ${wanted}`]);
    });

  it("leaves aoshingo's own keys, and those of others", () => {
    const keys = ["aoshingo:domain", "aws:region", "shop:domain", "pulumi:tags", "aoshingo", "bingo:key"];
    expect(mistypedNamespaceProblems(Object.fromEntries(keys.map((key) => [key, "value"])))).to.deep.equal([]);
  });

  it("stops the program before it declares anything", async () => {
    const refused = await failureOf(
      declare({ services: { users: STATES.start }, otherConfig: { "aoshigno:deploy": "{}" } }),
    );
    expect(refused.message).to.equal("aoshigno:deploy: nothing reads it: wanted aoshingo:deploy");
  });

  it("stops the commands before anything is made", () => {
    const folder = mkdtempSync(join(tmpdir(), "aoshingo-namespace-"));
    const file = join(folder, "Pulumi.trial.yaml");
    const lines = [
      "aws:region: eu-west-1",
      "aoshingo:domain: example.jp",
      "aoshingo:services: {}",
      "aoshigno:deploy: {}",
    ];
    try {
      writeFileSync(file, ["config:", ...lines.map((line) => `  ${line}\n`)].join("\n"));
      expect(() => readStackSettings("trial", file)).to.throw(UserError, "aoshigno:deploy: nothing reads it");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
