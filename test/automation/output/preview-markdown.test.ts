import { assert } from "chai";
import { marked, marker } from "../../../automation/github/marked-text";
import { failedPreviewMarkdown, previewMarkdown } from "../../../automation/output/preview-markdown";
import { previewText } from "../../../automation/output/preview-text";
import type { Change } from "../../../automation/preview/change";
import type { PreviewReport } from "../../../automation/preview/preview-report";

/** GitHub's limit for a comment. */
const MAX_CHARACTERS = 65_536;

const RULE: Change = {
  operation: "update",
  urn: "a::users-test-at-blue",
  type: "aws:lb/listenerRule:ListenerRule",
  name: "users-test-at-blue",
  service: "users",
  properties: [{ path: "priority", from: 1, to: 2, replaces: false }],
};
const COUNTS = { create: 0, update: 1, replace: 0, delete: 0 };

function report(rest: Partial<PreviewReport> = {}): PreviewReport {
  return {
    ...{ stack: "prod", warnings: [], summary: "Merging this to prod changes 1 resource.", counts: COUNTS },
    services: [{ service: "users", state: "kept", counts: COUNTS, nextRelease: [] }],
    ...{ costs: [], changes: [RULE], nextRelease: [], breaksTraffic: false },
    ...rest,
  };
}

describe("previewMarkdown", () => {
  it("consists of a summary, a table, the folded changes and the marker", () => {
    assert.equal(
      previewMarkdown(report({ costs: ["1 NAT gateway added: network-2"] })),
      [
        "Merging this to prod changes 1 resource.",
        "",
        "| service | create | update | replace | delete | with its next release |",
        "|---|--:|--:|--:|--:|---|",
        "| users |  | 1 |  |  |  |",
        "",
        "Resources with an hourly or monthly price:",
        "",
        "- 1 NAT gateway added: network-2",
        "",
        "<details><summary>The resource</summary>",
        "",
        "```diff",
        "! update lb/listenerRule users-test-at-blue",
        "      priority 1 -> 2",
        "```",
        "",
        "</details>",
        "",
        "<!-- aoshingo preview prod -->",
        "",
      ].join("\n"),
    );
  });

  it("begins with changes that fail requests", () => {
    const [first, second] = previewMarkdown(report({ warnings: ["Replaces 1 load balancer."] })).split("\n");
    assert.deepEqual([first, second], ["**Replaces 1 load balancer.**", "Merging this to prod changes 1 resource."]);
  });

  it("has no folded part if nothing changes", () => {
    const nothing = report({ services: [], changes: [] });
    assert.equal(
      previewMarkdown(nothing),
      "Merging this to prod changes 1 resource.\n\n<!-- aoshingo preview prod -->\n",
    );
  });

  for (const letter of ["ü", "u"])
    it(`fits into a comment whatever changes, and counts what is left out: ${letter}`, () => {
      const long = { ...RULE, urn: `a::${letter.repeat(500)}`, properties: [] };
      const many = report({
        changes: Array.from({ length: 500 }, () => long),
        costs: Array.from({ length: 500 }, () => "c".repeat(200)),
        services: Array.from({ length: 300 }, (_, at) => ({ ...report().services[0]!, service: `service-${at}` })),
        warnings: ["w".repeat(100_000)],
      });
      const text = previewMarkdown(many);
      const comment = marked(marker("preview", "prod"), text, "https://github.test/run");
      assert.isBelow(comment.length, MAX_CHARACTERS);
      assert.include(comment, text.trim(), "a comment cuts nothing of it");
      assert.match(
        text,
        /\n# and \d+ more lines: npx aoshingo preview --stack prod\n```\n\n<\/details>\n\n<!-- aoshingo preview prod -->\n$/,
      );
      const added = `\n**Mixed versions**\n\n${"- x\n".repeat(1_900)}- last\n`;
      assert.include(
        marked(marker("preview", "prod"), text + added, ""),
        "\n- last\n",
        "what `prove` says has room behind it",
      );
      const whole = text.match(/^! update/gm)!.length;
      assert.equal(Number(/# and (\d+) more/.exec(text)![1]) + whole, 500);
    });

  it("escapes values, so that none breaks out of its place", () => {
    const evil = "`x`|<img src=x onerror=y>\n```\n</details>@octocat #1 [a](b) *c*";
    const nasty = report({
      summary: evil,
      services: [{ ...report().services[0]!, nextRelease: [evil] }],
      costs: [evil],
      changes: [{ ...RULE, properties: [{ path: "env[A]", from: evil, to: "```", replaces: false }] }],
    });
    const lines = previewMarkdown(nasty).split("\n");
    const fenceStart = lines.findIndex((line) => line.endsWith("`diff"));
    const fence = lines[fenceStart]!.slice(0, -"diff".length);
    assert.equal(fence, "````");
    const fenceEnd = lines.indexOf(fence, fenceStart + 1);
    assert.deepEqual(lines.slice(fenceEnd), [fence, "", "</details>", "", "<!-- aoshingo preview prod -->", ""]);
    const outside = lines.slice(0, fenceStart).join("\n");
    assert.notMatch(outside, /<img|@octocat|#1\b|(?<!\\)\[a|(?<!\\)\*c|(?<!\\)`/);
    const row = lines.find((line) => line.startsWith("| users"))!;
    assert.lengthOf(row.match(/(?<!\\)\|/g)!, 7);
  });

  it("begins with the reason if the preview failed", () => {
    assert.equal(
      failedPreviewMarkdown("prod", "aoshingo:network.cidr: given 10.1.0.0/16, but the stack has 10.0.0.0/16\nsecond"),
      "**The preview of prod failed:** aoshingo:network.cidr: given 10.1.0.0/16, but the stack has 10.0.0.0/16\nsecond\n\n<!-- aoshingo preview prod -->\n",
    );
  });
});

describe("previewText", () => {
  it("fits into 80 columns, and has no colours in a pipe", () => {
    const costs = ["1 NAT gateway added: network-2"];
    const long = { ...RULE, properties: [{ path: "p".repeat(50), from: "f".repeat(50), to: 1, replaces: true }] };
    const text = previewText(
      report({ warnings: ["Replaces 1 load balancer."], costs, changes: [long], nextRelease: [RULE] }),
      {},
    );
    assert.deepEqual(text.split("\n"), [
      "Replaces 1 load balancer.",
      "Merging this to prod changes 1 resource.",
      "",
      "SERVICE    CREATE  UPDATE  REPLACE  DELETE",
      "users      -       1       -        -",
      "",
      "Resources with an hourly or monthly price:",
      "  1 NAT gateway added: network-2",
      "",
      "Now:",
      "  ~ update lb/listenerRule users-test-at-blue",
      `      ${"p".repeat(50)} ${"f".repeat(22)}…`,
      "",
      "With the next release of the service:",
      "  ~ update lb/listenerRule users-test-at-blue",
      "      priority 1 -> 2",
    ]);
  });
});
