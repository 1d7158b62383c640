import { assert } from "chai";
import { type Check, ok, skipped, todo, Unseen } from "../../../automation/doctor/check";
import { CHECKS } from "../../../automation/doctor/checks";
import { examine, isWell } from "../../../automation/doctor/examine";
import { findingsText } from "../../../automation/doctor/findings-text";
import { Scene } from "../deploy/scene";
import { wellExamined } from "./fake-examined";

const LIMIT_MS = 30;

describe("examining", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  const failing = (name: string, error: Error): Check => ({
    name,
    look: async () => {
      throw error;
    },
  });
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it("tells all that there is, in its order, whatever fails or hangs", async () => {
    const checks: Check[] = [
      failing("broken", new Error("boom\nat line 1")),
      { name: "deaf", look: () => new Promise(() => {}) },
      { name: "well", look: async () => [ok("fine")] },
      failing("unseen", new Unseen("needs the stack")),
      failing("stranger", named("CredentialsProviderError", "no credentials")),
      failing("forbidden", named("AccessDeniedException", "not allowed")),
    ];
    const all = await examine(checks, wellExamined(scene), LIMIT_MS);
    assert.deepEqual(
      all.map(({ check, findings: [finding] }) => [check, finding!.says, finding!.detail]),
      [
        ["broken", "todo", "could not be looked at: boom"],
        ["deaf", "todo", "no answer within 0.03 s"],
        ["well", "ok", "fine"],
        ["unseen", "skipped", "needs the stack"],
        ["stranger", "skipped", "needs AWS credentials (see credentials)"],
        ["forbidden", "todo", "could not be looked at: not allowed"],
      ],
    );
    assert.isFalse(isWell(all));
  });

  it("is well without anything to do, also if something could not be looked at", () => {
    assert.isTrue(isWell([{ check: "one", findings: [ok("fine"), skipped("not here")] }]));
    assert.isFalse(isWell([{ check: "one", findings: [ok("fine"), todo("broken", "mend it")] }]));
  });

  it("has checks of different names", () => {
    const names = CHECKS.map(({ name }) => name);
    assert.lengthOf(new Set(names), names.length);
  });
});

describe("findingsText", () => {
  it("has a line for each finding, and what to do below it, within 80 columns", () => {
    const text = findingsText([
      { check: "lease", findings: [ok("free")] },
      {
        check: "certificate",
        findings: [
          todo(
            `example.jp runs out in 12 days ${"(its renewal is stuck) ".repeat(4).trim()}`,
            "see that its validation record is in the public DNS, and that the domain is delegated",
          ),
          skipped("not here"),
        ],
      },
    ]);
    assert.deepEqual(text.split("\n"), [
      "✓ lease        free",
      "✗ certificate  example.jp runs out in 12 days (its renewal is stuck) (its",
      "               renewal is stuck) (its renewal is stuck) (its renewal is stuck)",
      "               -> see that its validation record is in the public DNS, and that",
      "                  the domain is delegated",
      "-              not here",
      "",
      "1 thing to do.",
    ]);
    assert.match(findingsText([{ check: "lease", findings: [ok("free")] }]), /\n\nAll is well\.$/);
  });
});
