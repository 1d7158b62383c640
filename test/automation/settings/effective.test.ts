import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { readStackSettings } from "../../../automation/core/project";
import { type EffectiveSetting, effectiveSettings } from "../../../automation/settings/effective";
import { pathText } from "../../../automation/settings/setting-tree";
import { SettingsLines } from "../../../automation/settings/settings-lines";
import { settingsText, sourceText } from "../../../automation/settings/settings-text";
import { parseSettings, settingsOf } from "../../../components/settings/settings";

const EXAMPLE = join(__dirname, "../../../docs/settings.example.yaml");
const FILE = "Pulumi.trial.yaml";
const TEXT = `config:
  aws:region: ap-northeast-1
  datadog:apiKey: { secure: v1:AAAA:BBBB }
  aoshingo:domain: example.jp
  aoshingo:deletionProtection: "false"
  aoshingo:freeze:
    - { from: Fri 16:00, to: Mon 08:00 }
  aoshingo:ci: { repository: example/shop }
  aoshingo:databases:
    old:
      existing: { host: a.example.jp, secret: prod/db, cidr: 10.20.0.0/24 }
    main: {}
  aoshingo:network: '{"nat": "perZone"}'
  aoshingo:services:
    users: &api
      kind: api
      protocol: grpc
      size: 3
      stopTimeoutSeconds: 45
      streams: { within: 15m }
      env: { LEVEL: "on" }
    doodle: *api
    mailer: { kind: worker, queue: true, uses: [main] }
    report: { kind: job, schedule: cron(30 2 * * ? *), cpu: 512 }
`;

describe("effectiveSettings", () => {
  let folder: string;
  let all: EffectiveSetting[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aoshingo-settings-"));
    writeFileSync(join(folder, FILE), TEXT);
    const { settings, file } = readStackSettings("trial", join(folder, FILE));
    all = effectiveSettings("trial", settings, new SettingsLines(file));
  });
  after(() => rmSync(folder, { recursive: true }));

  const one = (path: string) => all.find((each) => pathText(each.path) === path);

  const cases: [what: string, path: string, value: unknown, source: string][] = [
    ["a value of the file", "domain", "example.jp", "Pulumi.trial.yaml:4"],
    ["a text that Pulumi wrote for true or false", "deletionProtection", false, "Pulumi.trial.yaml:5"],
    ["a value in a map on one line", "ci.repository", "example/shop", "Pulumi.trial.yaml:8"],
    ["a list, with the defaults in it", "freeze", [{ from: "Fri 16:00", to: "Mon 08:00", zone: "UTC" }], `${FILE}:6`],
    ["a value in a text of JSON", "network.nat", "perZone", "Pulumi.trial.yaml:13"],
    ["a default beside it", "network.zones", 2, "default"],
    ["a value that is there by an alias", "services.doodle.size", 3, "Pulumi.trial.yaml:18"],
    ["a default in a block that the file does not have", "deploy.bakeSeconds", 180, "default"],
    ["a queue's default", "services.mailer.queue.maxReceiveCount", 5, "default"],
    ["the CPU of an instance type", "services.mailer.cpu", 1536, "derived from instanceType"],
    ["the memory of a job", "services.report.memory", 1024, "derived from cpu"],
    ["the CPU of a job", "services.report.cpu", 512, "Pulumi.trial.yaml:24"],
    ["a job's time zone", "services.report.timeZone", "UTC", "default"],
    [
      "the path of a health check",
      "services.users.healthCheck.path",
      "/grpc.health.v1.Health/Check",
      "derived from protocol",
    ],
    ["a time that streams replace", "services.users.stopTimeoutSeconds", 900, "derived from streams.within"],
    ["the time of streams as it was written", "services.users.streams.within", "15m", "Pulumi.trial.yaml:20"],
    [
      "the secret of a database",
      "services.mailer.secrets.PGPASSWORD",
      "secretsmanager:aoshingo/trial/mailer/main",
      "derived from uses",
    ],
    ["a database's own name", "databases.old.existing.database", "old", "derived from the block's name"],
    ["a new database", "databases.main.version", 17, "default"],
    ["the environment on GitHub", "ci.environment", "trial", "derived from the stack's name"],
    ["the region", "aws:region", "ap-northeast-1", "Pulumi.trial.yaml:2"],
    ["a secret of Pulumi, without its ciphertext", "datadog:apiKey", "[secret]", "Pulumi.trial.yaml:3"],
  ];
  for (const [what, path, value, source] of cases)
    it(`has ${what}`, () => {
      const found = one(path);
      expect(found?.value).to.deep.equal(value);
      expect(sourceText(found!.source, FILE)).to.equal(source);
    });

  const meaningless = [
    "services.mailer.port",
    "services.mailer.healthCheck.path",
    "services.mailer.schedule",
    "services.report.size",
    "services.report.instanceType",
    "services.users.internalPort",
    "services.users.queue",
    "databases.old.version",
    "databases.old.engine",
    "testHeader",
  ];
  for (const path of meaningless)
    it(`leaves out ${path}, which has no meaning there`, () => {
      expect(all.filter((each) => pathText(each.path).startsWith(path))).to.deep.equal([]);
    });

  it("lists a service's settings in the order of the schema", () => {
    const keys = all.flatMap(({ path }) => (path[0] === "services" && path[1] === "users" ? [path[2]] : []));
    expect([...new Set(keys)].slice(0, 3)).to.deep.equal(["kind", "exposure", "hosts"]);
    expect(keys.indexOf("cpu")).to.equal(keys.indexOf("instanceType") + 1);
  });

  it("is text that is YAML again, with the same values", () => {
    const text = settingsText(all, FILE);
    const config = parse(text) as Record<string, unknown>;
    expect(config["aoshingo:services"]).to.have.nested.property("users.env.LEVEL", "on");
    expect(text).to.include(
      "    streams:\n      within: 15m                                    # Pulumi.trial.yaml:20\n",
    );
    expect(text).to.not.include("AAAA");
    for (const line of text.split("\n").filter((each) => !each.endsWith(":"))) expect(line).to.match(/\S +# \S/);
  });

  it("is what the settings mean: with all that it lists the stack is the same", () => {
    const { settings, file } = readStackSettings("trial", EXAMPLE);
    const listed = settingsText(effectiveSettings("trial", settings, new SettingsLines(file)), FILE);
    const { "aoshingo:services": services, ...rest } = parse(listed) as Record<string, Record<string, never>>;
    // These follow from others, which exclude them in a file.
    for (const service of Object.values(services!) as Record<string, unknown>[]) {
      if (service.streams) delete service.deregistrationDelaySeconds;
      if (service.uses && (service.uses as string[]).length > 0)
        delete (service.secrets as Record<string, unknown>).PGPASSWORD;
    }
    const again = parseSettings(settingsOf({ ...rest, "aoshingo:services": services }), {
      project: "aoshingo",
      stack: "trial",
    });
    expect({ ...again, ci: { ...again.ci, environment: undefined } }).to.deep.equal({
      ...settings,
      ci: { ...settings.ci, environment: undefined },
    });
  });
});
