import { expect } from "chai";
import { releaseProblems, sectionOf, textOf, withSection } from "../../../packaging/release/changelog";

const commit = (subject: string, files: string[], breaking: string[] = []) => ({
  hash: "abc1234",
  subject,
  files,
  breaking,
});

const CHANGELOG = "# Changelog\n\nWords.\n\n## 0.2.0 (2026-12-01)\n\nNew.\n\n## 0.1.0 (2026-11-01)\n\nFirst.\n";

describe("sectionOf", () => {
  it("lists commits under what they change, without those that change nothing for users", () => {
    const section = sectionOf("0.3.0", "2027-01-01", [
      commit("Deploy faster", ["automation/deploy/runner.ts", "test/a.test.ts", "docs/a.md"]),
      commit("Declare a bucket", ["components/storage/bucket.ts", "components/a.ts", "automation/b.ts"]),
      commit("Play SNS", ["rehearsal/cloud/services/sns/index.ts"]),
      commit("Say why", ["docs/why.md"]),
      commit("Say it in the README", ["README.md"]),
      commit("Test more", ["test/b.test.ts", "bench/run.ts", "package.json"]),
    ]);
    expect(section).to.equal(
      [
        "## 0.3.0 (2027-01-01)",
        "### Deploys and commands\n\n- Deploy faster (abc1234)",
        "### Infrastructure\n\n- Declare a bucket (abc1234)",
        "### Rehearsal\n\n- Play SNS (abc1234)",
        "### Documents\n\n- Say why (abc1234)\n- Say it in the README (abc1234)",
      ].join("\n\n"),
    );
  });

  it("begins with what users have to change", () => {
    const section = sectionOf("1.0.0", "2027-01-01", [
      commit("Rename drain", ["components/settings/schema.ts"], ["deploy.drain is now deploy.drainSeconds"]),
    ]);
    expect(section).to.match(
      /^## 1\.0\.0 \(2027-01-01\)\n\n### What you have to change\n\n- deploy\.drain is now deploy\.drainSeconds \(abc1234\)\n\n### Infra/,
    );
  });
});

describe("withSection", () => {
  it("puts it above the others", () => {
    expect(withSection(CHANGELOG, "0.3.0", "## 0.3.0 (x)\n\nNewer.")).to.equal(
      CHANGELOG.replace("## 0.2.0", "## 0.3.0 (x)\n\nNewer.\n\n## 0.2.0"),
    );
  });

  it("puts it at the end of a changelog without sections", () => {
    expect(withSection("# Changelog\n", "0.1.0", "## 0.1.0")).to.equal("# Changelog\n\n## 0.1.0\n");
  });

  it("writes none twice", () => {
    expect(() => withSection(CHANGELOG, "0.1.0", "## 0.1.0")).to.throw("has a section 0.1.0 already");
  });
});

describe("textOf", () => {
  const cases: [version: string, text: string | null][] = [
    ["0.2.0", "New."],
    ["0.1.0", "First."],
    ["0.2", null],
    ["0.1.00", null],
  ];
  for (const [version, text] of cases)
    it(`is ${JSON.stringify(text)} for ${version}`, () => {
      expect(textOf(CHANGELOG, version)).to.equal(text);
    });
});

describe("releaseProblems", () => {
  const cases: [what: string, args: Parameters<typeof releaseProblems>, problems: string[]][] = [
    ["nothing of what fits", ["v0.2.0", "0.2.0", "0.2.0", CHANGELOG], []],
    [
      "a tag of another version",
      ["v0.2.1", "0.2.0", "0.2.0", CHANGELOG],
      ["tag v0.2.1: package.json has version 0.2.0, wanted the tag v0.2.0"],
    ],
    [
      "a lock file that was left behind",
      ["v0.2.0", "0.2.0", "0.1.0", CHANGELOG],
      ["package-lock.json: given version 0.1.0, wanted 0.2.0: npm install writes it"],
    ],
    [
      "a changelog without the version",
      ["v0.3.0", "0.3.0", "0.3.0", CHANGELOG],
      ['CHANGELOG.md: no section "## 0.3.0": npm run release -- changelog 0.3.0 writes a draft'],
    ],
    [
      "nothing of what fits beside a later version that begins alike",
      ["v0.2.0", "0.2.0", "0.2.0", CHANGELOG.replace("## 0.2.0", "## 0.2.01\n\nLater.\n\n## 0.2.0")],
      [],
    ],
    [
      "a section without a day",
      ["v0.2.0", "0.2.0", "0.2.0", CHANGELOG.replace("2026-12-01", "not released yet")],
      [
        'CHANGELOG.md: given "## 0.2.0 (not released yet)", wanted the day of the release, such as "## 0.2.0 (2026-12-01)"',
      ],
    ],
  ];
  for (const [what, args, problems] of cases)
    it(`finds ${what}`, () => {
      expect(releaseProblems(...args)).to.deep.equal(problems);
    });
});
