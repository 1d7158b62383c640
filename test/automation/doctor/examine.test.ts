import { assert } from "chai";
import { type Check, ok, skipped, todo, Unavailable } from "../../../automation/doctor/check";
import { CHECKS } from "../../../automation/doctor/checks";
import { examine, isWell } from "../../../automation/doctor/examine";
import { findingsText } from "../../../automation/doctor/findings-text";
import { Scene } from "../deploy/scene";
import { wellExamined } from "./fake-examined";

const LIMIT_MS = 30;

describe("examine", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  const failing = (name: string, error: Error): Check => ({
    name,
    examine: async () => {
      throw error;
    },
  });
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it("returns all findings in the order of the checks, even if some checks fail or hang", async () => {
    const checks: Check[] = [
      failing("broken", new Error("boom\nat line 1")),
      { name: "deaf", examine: () => new Promise(() => {}) },
      { name: "well", examine: async () => [ok("fine")] },
      failing("unavailable", new Unavailable("needs the stack")),
      failing("stranger", named("CredentialsProviderError", "no credentials")),
      failing("forbidden", named("AccessDeniedException", "not allowed")),
    ];
    const all = await examine(checks, wellExamined(scene), LIMIT_MS);
    assert.deepEqual(
      all.map(({ check, findings: [finding] }) => [check, finding!.says, finding!.detail]),
      [
        ["broken", "todo", "the check failed: boom"],
        ["deaf", "todo", "no answer within 0.03 s"],
        ["well", "ok", "fine"],
        ["unavailable", "skipped", "needs the stack"],
        ["stranger", "skipped", "needs AWS credentials (see credentials)"],
        ["forbidden", "todo", "the check failed: not allowed"],
      ],
    );
    assert.isFalse(isWell(all));
  });

  it("is well if there is nothing to do, even if a check was skipped", () => {
    assert.isTrue(isWell([{ check: "one", findings: [ok("fine"), skipped("not here")] }]));
    assert.isFalse(isWell([{ check: "one", findings: [ok("fine"), todo("broken", "mend it")] }]));
  });

  it("has a different name for each check", () => {
    const names = CHECKS.map(({ name }) => name);
    assert.lengthOf(new Set(names), names.length);
  });
});

describe("findingsText", () => {
  it("prints a line for each finding, with the remedy below it, within 80 columns", () => {
    const text = findingsText([
      { check: "lease", findings: [ok("free")] },
      {
        check: "certificate",
        findings: [
          todo(
            `example.jp expires in 12 days ${"(its renewal is stuck) ".repeat(4).trim()}`,
            "check that its validation record is in the public DNS, and that the domain is delegated",
          ),
          skipped("not here"),
        ],
      },
    ]);
    assert.deepEqual(text.split("\n"), [
      "✓ lease        free",
      "✗ certificate  example.jp expires in 12 days (its renewal is stuck) (its renewal",
      "               is stuck) (its renewal is stuck) (its renewal is stuck)",
      "               -> check that its validation record is in the public DNS, and",
      "                  that the domain is delegated",
      "-              not here",
      "",
      "1 thing to do.",
    ]);
    assert.match(findingsText([{ check: "lease", findings: [ok("free")] }]), /\n\nAll is well\.$/);
  });
});
