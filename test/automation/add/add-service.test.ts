import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parse } from "yaml";
import { type AddOptions, addService } from "../../../automation/add/add-service";
import { removeService } from "../../../automation/add/remove-service";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { readStackSettings } from "../../../automation/core/project";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { KINDS } from "../../../components/settings/schema/kinds";
import type { Kind } from "../../../components/settings/settings";
import { parseSettings, settingsOf } from "../../../components/settings/settings";

const SETTINGS = `config:
  aws:region: ap-northeast-1
  aoshingo:domain: example.jp
  aoshingo:services:
    # The core.
    users:
      kind: api
      exposure: [public, internal]
`;

describe("addService and removeService", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-add-"));
    mkdirSync(join(directory, "services"));
    for (const stack of ["prod", "rehearsal"]) write(`Pulumi.${stack}.yaml`, SETTINGS);
    write("Pulumi.yaml", "name: aoshingo\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
  const read = (path: string) => readFileSync(join(directory, path), "utf8");
  const add = (service: string, options: Partial<AddOptions> = {}) =>
    addService(service, { directory, project: "aoshingo", kind: "api", dryRun: false, ...options });
  const state = () => [
    read("Pulumi.prod.yaml"),
    read("Pulumi.rehearsal.yaml"),
    readdirSync(join(directory, "services")),
  ];

  it("adds a valid block to each stack, and a folder", () => {
    const { settings, files } = add("kudos");
    expect(settings.map(({ name }) => name)).to.deep.equal(["Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"]);
    for (const stack of ["prod", "rehearsal"]) {
      const { services } = readStackSettings(stack, join(directory, `Pulumi.${stack}.yaml`)).settings;
      expect(services.kudos).to.deep.include({
        kind: "api",
        exposure: ["public"],
        test: "node -r ts-node/register services/kudos/deploy-test/main.ts",
      });
    }
    expect(files).to.include.members(["services/kudos/main.ts", "services/kudos/deploy-test/main.ts"]);
    for (const path of files) expect(read(path)).not.to.contain("__NAME__");
    expect(JSON.parse(read("services/kudos/package.json")).name).to.equal("kudos");
  });

  it("adds a job with a schedule, and without a test", () => {
    const { files } = add("digest", { kind: "job", stacks: ["prod"] });
    const { digest } = readStackSettings("prod", join(directory, "Pulumi.prod.yaml")).settings.services;
    expect(digest).to.deep.include({ kind: "job", schedule: { cron: "cron(0 0 * * ? *)", timeZone: "UTC" } });
    expect(digest).not.to.have.property("test");
    expect(files).to.include(join("services", "digest", "do-work.ts"));
  });

  it("adds a worker with a queue to the given stacks", () => {
    add("posts", { kind: "worker", stacks: ["prod"] });
    expect(readStackSettings("prod", join(directory, "Pulumi.prod.yaml")).settings.services.posts).to.deep.include({
      kind: "worker",
      queue: { visibilityTimeoutSeconds: 60, maxReceiveCount: 5 },
    });
    expect(read("Pulumi.rehearsal.yaml")).to.equal(SETTINGS);
  });

  it("keeps an existing folder as it is, and sets a test only if the folder has one", () => {
    mkdirSync(join(directory, "services", "kudos"));
    expect(add("kudos", { stacks: ["prod"] }).files).to.deep.equal([]);
    const { services } = readStackSettings("prod", join(directory, "Pulumi.prod.yaml")).settings;
    expect([services.kudos!.kind, services.kudos!.test]).to.deep.equal(["api", undefined]);

    mkdirSync(join(directory, "services", "thanks", "deploy-test"), { recursive: true });
    write("services/thanks/deploy-test/main.ts", "");
    add("thanks", { stacks: ["prod"] });
    const again = readStackSettings("prod", join(directory, "Pulumi.prod.yaml")).settings;
    expect(again.services.thanks!.test).to.equal("node -r ts-node/register services/thanks/deploy-test/main.ts");
  });

  it("removes a service whose names AWS would refuse: that is the cure", () => {
    const service = "invoice-reminder-dispatcher-v2";
    write("Pulumi.prod.yaml", `${SETTINGS}    ${service}: { kind: worker, queue: true }\n`);
    expect(() => add("kudos", { project: "customer-notification-platform-for-all", stacks: ["prod"] })).to.throw(
      `the SQS queue of ${service} would be called`,
    );
    removeService(service, { directory, dryRun: false });
    expect(read("Pulumi.prod.yaml")).to.equal(SETTINGS);
  });

  it("restores everything but the folder when the service is removed", () => {
    add("kudos");
    removeService("kudos", { directory, dryRun: false });
    expect(state()).to.deep.equal([SETTINGS, SETTINGS, ["kudos"]]);
    write("services/kudos/main.ts", "mine");
    expect(add("kudos").files).to.deep.equal([]);
    expect(read("services/kudos/main.ts")).to.equal("mine");
  });

  it("writes nothing in a dry run", () => {
    const before = state();
    expect(add("kudos", { dryRun: true }).files).to.include("services/kudos/main.ts");
    removeService("users", { directory, dryRun: true });
    expect(state()).to.deep.equal(before);
  });

  const refusals: [what: string, act: () => unknown, message: string | RegExp][] = [
    [
      "a name that is taken",
      () => add("users"),
      /^service users is in Pulumi.prod.yaml, Pulumi.rehearsal.yaml already: /,
    ],
    [
      "a name of a wrong form",
      () => add("Kudos!"),
      /^Pulumi.prod.yaml, Pulumi.rehearsal.yaml: aoshingo:services.Kudos!: given "Kudos!", wanted a name of [^\n]*$/,
    ],
    [
      "a path",
      () => add("../../etc"),
      /^Pulumi.prod.yaml, Pulumi.rehearsal.yaml: aoshingo:services\.[^\n]*wanted a name of [^\n]*$/,
    ],
    [
      "a name that is another's test name",
      () => add("users-test", { stacks: ["prod"] }),
      /^Pulumi.prod.yaml: aoshingo:services.users-test: [^\n]*test name of users$/m,
    ],
    [
      "a name with which AWS would refuse a name of the stack",
      () =>
        add("invoice-reminder-dispatcher-v2", { project: "customer-notification-platform-for-all", kind: "worker" }),
      /^Pulumi.prod.yaml: stack: given "prod" with 4 characters, wanted a shorter name of the project, too, or at most 24 for the service: the SQS queue of invoice-reminder-dispatcher-v2 would be called [^\n]+\nPulumi.rehearsal.yaml: stack: [^\n]+ at most 19 for the service: [^\n]+$/,
    ],
    [
      "an unknown stack",
      () => add("kudos", { stacks: ["staging"] }),
      /^unknown stack staging: .* known are prod, rehearsal$/,
    ],
    [
      "settings that have problems already",
      () => {
        write("Pulumi.prod.yaml", SETTINGS.replace("kind: api", "kind: app"));
        return add("kudos");
      },
      'Pulumi.prod.yaml: aoshingo:services.users.kind: given "app", wanted api, worker or job',
    ],
    [
      "to remove a service that does not exist",
      () => removeService("kudos", { directory, dryRun: false }),
      /^there is no service kudos in .*; known are users$/,
    ],
    [
      "to remove a service that others call",
      () => {
        write("Pulumi.prod.yaml", `${SETTINGS}    doodle:\n      kind: api\n      calls: [users]\n`);
        return removeService("users", { directory, dryRun: false });
      },
      "users stays in Pulumi.prod.yaml, nothing was changed: doodle calls it; take it out of services.doodle.calls first",
    ],
    [
      "to remove a service that others send messages to, in two stacks",
      () => {
        const [worker, sender] = ["mailer:\n      kind: worker\n      queue: true", "polls:\n      kind: job"];
        const needing = `${sender}\n      schedule: rate(1 day)\n      sends: [mailer]`;
        for (const stack of ["prod", "staging"])
          write(`Pulumi.${stack}.yaml`, `${SETTINGS}    ${worker}\n    ${needing}\n`);
        return removeService("mailer", { directory, dryRun: false });
      },
      /^mailer stays in Pulumi.prod.yaml, Pulumi.staging.yaml, nothing was changed: polls sends to it; take it out of services.polls.sends first$/,
    ],
  ];
  for (const [what, act, message] of refusals) {
    it(`refuses ${what}, and changes nothing`, () => {
      expect(act).to.throw(message);
      expect(readdirSync(join(directory, "services"))).to.deep.equal([]);
      expect(read("Pulumi.rehearsal.yaml")).to.equal(SETTINGS);
    });
  }

  for (const [what, put, message] of [
    [
      "a link that leads nowhere in the place of its folder",
      (path: string) => symlinkSync("nowhere", path),
      "services/kudos is a link that leads nowhere: wanted a folder for services/kudos/main.ts; move it away, then try again",
    ],
    [
      "a file in the place of its folder",
      (path: string) => writeFileSync(path, ""),
      "services/kudos is a file: wanted a folder for services/kudos/main.ts; move it away, then try again",
    ],
  ] as const)
    it(`refuses ${what}, before it writes anything`, () => {
      put(join(directory, "services/kudos"));
      for (const dryRun of [true, false])
        expect(() => add("kudos", { dryRun }))
          .to.throw(UserError, message)
          .with.property("exitCode", 2);
      expect(state()).to.deep.equal([SETTINGS, SETTINGS, ["kudos"]]);
    });

  it("refuses a file in the place of the services' folder, before it writes anything", () => {
    rmSync(join(directory, "services"), { recursive: true });
    write("services", "");
    expect(() => add("kudos")).to.throw(
      UserError,
      /^services is a file: wanted a folder for services\/kudos\/main\.ts; /,
    );
    expect(read("Pulumi.prod.yaml")).to.equal(SETTINGS);
  });

  it("says in one line which folder cannot be written, and leaves no half of it: the next add would take that as whole", () => {
    // A file where the folder is made.
    write(`services/.kudos.${process.pid}.partial`, "");
    expect(() => add("kudos"))
      .to.throw(UserError, /^services\/kudos cannot be written \(EEXIST\)$/)
      .with.property("exitCode", 1);
    expect(state()).to.deep.equal([SETTINGS, SETTINGS, []]);
    expect(add("kudos").files).to.include("services/kudos/main.ts");
  });

  it("says in one line which settings cannot be written", () => {
    mkdirSync(join(directory, `.Pulumi.prod.yaml.${process.pid}.partial`));
    expect(() => add("kudos", { stacks: ["prod"] }))
      .to.throw(UserError, /^Pulumi\.prod\.yaml cannot be written \(EISDIR\)$/)
      .with.property("exitCode", 1);
    expect(read("Pulumi.prod.yaml")).to.equal(SETTINGS);
  });

  it("refuses the name of a property that all JavaScript objects have", () => {
    expect(() => add("constructor")).to.throw(UserError, /constructor.*wanted another name/);
  });
});

describe("npx aoshingo add", () => {
  const runIn = (cwd: string, ...parameters: string[]) =>
    execa("node", [...NODE_ARGUMENTS, join(PROJECT_DIRECTORY, "automation/cli.ts"), ...parameters], {
      cwd,
      reject: false,
    });
  const run = (...parameters: string[]) => runIn(PROJECT_DIRECTORY, ...parameters);

  it("prints a dry run and its help", async () => {
    const dry = await run("add", "kudos", "--stack", "rehearsal", "--dry-run");
    expect([dry.exitCode, dry.stdout.split("\n").slice(0, 2)]).to.deep.equal([
      0,
      ["Would write", "  Pulumi.rehearsal.yaml: block kudos"],
    ]);
    expect(existsSync(join(PROJECT_DIRECTORY, "services", "kudos"))).to.equal(false);
    const help = await run("add", "--help");
    expect(help.exitCode).to.equal(0);
    expect(help.stdout).to.contain("npx aoshingo add doodle").and.contain("Exit codes");
  });

  /** What is printed after a service was added to a project that has these files, by path below it. */
  async function printed(kind: Kind, files: Record<string, string> = {}): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), "aoshingo-add-"));
    const all = { "Pulumi.yaml": "name: shop\n", "Pulumi.prod.yaml": SETTINGS, ...files };
    try {
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), text);
      }
      const { exitCode, stdout, stderr } = await runIn(directory, "add", "kudos", "--kind", kind);
      expect(exitCode, stderr).to.equal(0);
      return stdout;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  for (const kind of KINDS)
    it(`prints what a new ${kind} needs next: its packages first, and an image for its processor, whichever this machine has`, async () => {
      const next = (await printed(kind)).split("\nNext\n")[1]!;
      expect(next).to.match(
        /^ {2}npm ci --prefix services\/kudos --ignore-scripts .*\n {2}npx aoshingo rehearse --services kudos /,
      );
      expect(next).to.contain("docker build --platform linux/amd64 --tag <repository>:v1 services/kudos && ");
    });

  for (const [what, files, install] of [
    [
      "without a lock file",
      { "package.json": '{"dependencies":{"hono":"4"}}' },
      "npm install --prefix services/kudos ",
    ],
    ["without packages", { "package.json": "{}" }, "npx aoshingo rehearse"],
    ["with a package.json that is none", { "package.json": "{" }, "npx aoshingo rehearse"],
    ["of another language", { "main.py": "" }, "npx aoshingo rehearse"],
  ] as const)
    it(`prints what a folder ${what} needs next, which was there already`, async () => {
      const there = Object.fromEntries(Object.entries(files).map(([path, text]) => [`services/kudos/${path}`, text]));
      expect((await printed("api", there)).split("\nNext\n  ")[1]!.startsWith(install)).to.equal(true);
    });

  describe("in a project whose deploys run in CI", () => {
    const CI = "  aoshingo:ci: { repository: acme/shop }\n";
    const inCi = { "Pulumi.prod.yaml": SETTINGS + CI };

    it("prints what the deploy role needs for a worker's test, for each such stack", async () => {
      const china = SETTINGS.replace("ap-northeast-1", "cn-north-1");
      const text = await printed("worker", {
        ...{ ...inCi, "Pulumi.china.yaml": china + CI },
        "Pulumi.trial.yaml": SETTINGS,
      });
      const rights = text.split("\nNext\n")[0]!.split("\n\n").slice(1);
      expect(rights.map((each) => each.split("\n")[0])).to.deep.equal(
        ["china", "prod"].map(
          (stack) =>
            `In CI the test of kudos needs this of the deploy role of ${stack}: add it to aoshingo:ci in Pulumi.${stack}.yaml before \`pulumi up\``,
        ),
      );
      // They are settings as they stand there.
      const [inChina, inProd] = rights.map((each) => parse(each.split("\n").slice(1).join("\n")));
      expect(inProd).to.deep.equal({
        iam: [
          { actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:ap-northeast-1:*:shop-prod-kudos"] },
          {
            actions: ["logs:FilterLogEvents"],
            resources: ["arn:aws:logs:ap-northeast-1:*:log-group:/shop/prod/kudos:*"],
          },
        ],
      });
      expect(inChina.iam[0].resources).to.deep.equal(["arn:aws-cn:sqs:cn-north-1:*:shop-china-kudos"]);
      parseSettings(settingsOf({ ...parse(SETTINGS).config, "aoshingo:ci": { repository: "acme/shop", ...inProd } }));
    });

    for (const [what, kind, files] of [
      ["an api, whose test sends requests only", "api", inCi],
      ["a job, which has no test", "job", inCi],
      ["a worker without a test", "worker", { ...inCi, "services/kudos/main.py": "" }],
      ["a worker of a project that deploys from elsewhere", "worker", {}],
    ] as const)
      it(`prints nothing of it for ${what}`, async () => {
        expect(await printed(kind, files)).not.to.include("deploy role");
      });
  });

  it("exits with 2 and prints one line on wrong use", async () => {
    expect(await run("add", "users")).to.deep.include({ exitCode: 2, stdout: "" });
    expect(await run("add", "kudos", "--kind", "cron")).to.include({ exitCode: 2 });
    expect((await run("remove", "nobody")).stderr).to.match(/^there is no service nobody in [^\n]+$/);
  });
});
