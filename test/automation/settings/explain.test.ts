import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { exampleOf } from "../../../automation/settings/example";
import { explanationOf, explanationText, listOf, listText } from "../../../automation/settings/explain";
import { findSetting } from "../../../automation/settings/find-setting";
import { pageOf } from "../../../automation/settings/pages";
import { pathText, settingTree, withAllBelow } from "../../../automation/settings/setting-tree";

const DOCS = join(__dirname, "../../../docs");
const TREE = settingTree();
const explain = (asked: string) => explanationOf(findSetting(asked, TREE));

describe("each setting", () => {
  const settings = withAllBelow(TREE);

  it("is there (or the tests below would look at nothing)", () => {
    expect(settings).to.have.length.above(100);
  });

  for (const setting of settings) {
    const { path, description, wanted, isDeprecated } = setting;
    it(`${pathText(path)} has a description, what is wanted, and a page`, () => {
      expect(description, "describe(...) in the schema").to.match(/^[A-Za-z0-9].*[.]$/);
      expect(wanted)
        .to.match(/^\S.*\S$/)
        .and.not.match(/Invalid|expected/);
      const page = join(DOCS, pageOf(path));
      expect(existsSync(page), page).to.equal(true);
      // The page is about the setting, or about the block that it is in.
      const names = path.filter((key) => key !== "*").join("|");
      if (!isDeprecated) expect(readFileSync(page, "utf8")).to.match(new RegExp(`\\b(?:${names})\\b`, "i"));
    });
  }

  it("has an example, unless it is a large block or a text of several lines", () => {
    const without = settings.filter((setting) => exampleOf(setting).length === 0).map(({ path }) => pathText(path));
    expect(without).to.deep.equal([
      "services",
      "services.*.reaches",
      "databases",
      "databases.*.existing.certificates",
      "deploy",
      "ci",
    ]);
  });
});

describe("explanationOf", () => {
  it("says all of a value from the schema and the example of settings", () => {
    expect(explain("bakeSeconds")).to.deep.equal({
      path: "deploy.bakeSeconds",
      description:
        "How long the new release is monitored after the cutover, with the old one still warm; a failure in that time is rolled back.",
      wanted: "a number of seconds from 0 to 3600",
      unit: "seconds",
      whenAbsent: "default",
      default: 180,
      defaultText: null,
      example: ["aoshingo:deploy:", "  bakeSeconds: 180"],
      page: "how-a-deploy-works.md",
      settings: [],
    });
  });

  it("says a default that is computed in words, once", () => {
    const { description, defaultText, default: value } = explain("services.*.cpu");
    expect(description).to.equal("CPU units of the task: 1024 are one vCPU.");
    expect(defaultText).to.equal("three quarters of the instance; of a job 256");
    expect(value).to.equal(null);
  });

  it("quotes in an example what Pulumi would take for something else", () => {
    const lines = explain("services.*.size.schedule.from").example;
    expect(lines.at(-1)).to.equal('        - from: "08:00"');
    expect(parse(lines.join("\n"))).to.have.property("aoshingo:services");
  });

  const units: [string, string | null][] = [
    ["backupDays", "days"],
    ["storageGiB", "GiB"],
    ["services.*.memory", "MiB"],
    ["maxErrorPercent", "percent"],
    ["multiZone", null],
  ];
  for (const [asked, unit] of units)
    it(`gives the unit of ${asked}`, () => {
      expect(explain(asked).unit).to.equal(unit);
    });
});

describe("explanationText", () => {
  const linesOf = (asked: string) => explanationText(explain(asked), "docs/x.md", null).split("\n");

  it("fits into 80 columns, whatever is explained", () => {
    for (const { path } of withAllBelow(TREE))
      for (const line of linesOf(pathText(path)))
        if (!/^ +example|^ {12}/.test(line)) expect(line.length, line).to.be.at.most(80);
  });

  const defaults: [asked: string, line: string][] = [
    ["deploy.bakeSeconds", "180"],
    ["services.*.kind", "none: it has to be set"],
    ["services.*.streams", "none"],
    ["deploy", "those of what is in it"],
    ["deploy.ramp", "none"],
    ["services.*.internalPort", "2000 to 9999, from the name"],
  ];
  for (const [asked, line] of defaults)
    it(`gives the default of ${asked}`, () => {
      expect(linesOf(asked)).to.include(`  default   ${line}`);
    });

  it("lists what is in a block", () => {
    const lines = linesOf("network");
    expect(lines)
      .to.include("In network:")
      .and.include("  zones              Number of availability zones. A load balancer needs two.");
  });

  const value = (path: string, of: unknown, line?: number) => ({
    path: path.split("."),
    value: of,
    source: line === undefined ? { kind: "default" as const } : { kind: "file" as const, line },
  });
  const inProd = (asked: string, values: ReturnType<typeof value>[]) =>
    explanationText(explain(asked), "docs/x.md", { stack: "prod", file: "Pulumi.prod.yaml", values });

  it("shows the value in a stack, and where it comes from", () => {
    expect(inProd("databases.main.multiZone", [value("databases.main.multiZone", true, 15)])).to.include(
      "\n  in prod   true (Pulumi.prod.yaml:15)\n",
    );
    expect(inProd("webAcl", [])).to.include("\n  in prod   not set\n");
    expect(
      inProd("services.*.port", [value("services.users.port", 8080), value("services.doodle.port", 1, 9)]),
    ).to.include(
      "\n  in prod   services.users.port: 8080 (default)\n            services.doodle.port: 1 (Pulumi.prod.yaml:9)\n",
    );
  });

  it("points to `settings` for many values", () => {
    const many = Array.from({ length: 13 }, (_, place) => value(`deploy.a${place}`, place));
    expect(inProd("deploy", many)).to.include("\n  in prod   13 values: npx aoshingo settings --stack prod deploy\n");
  });
});

describe("listText", () => {
  it("has one line for each setting, without former names", () => {
    const lines = listText(listOf(TREE)).split("\n");
    expect(lines).to.have.lengthOf(TREE.length);
    for (const line of lines) expect(line.length).to.be.at.most(80);
    const services = TREE.find(({ path }) => path[0] === "services")!;
    expect(listText(listOf(services.settings))).to.not.include("reaches");
  });
});
