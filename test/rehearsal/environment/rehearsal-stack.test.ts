import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse, parseDocument } from "yaml";
import { makeRehearsable } from "../../../rehearsal/environment/production-settings";
import { scaled, writeSettings } from "../../../rehearsal/environment/rehearsal-stack";
import { architectureOfMachine } from "../../../rehearsal/images/architecture";

const SETTINGS = `
config:
  aws:region: ap-northeast-1
  aoshingo:notify: { slack: ssm:/prod/slack }
  aoshingo:services:
    users: { kind: api, instanceType: t4g.medium, secrets: { DATABASE_URL: ssm:/prod/users/databse-url } }
    doodle: { kind: api, instanceType: c7g.medium, secrets: { KEY: secretsmanager:prod/key } }
    mailer: { kind: worker, instanceType: t3.small }
`;

describe("rehearsal/environment/production-settings", () => {
  const made = (builtHere: string[], architecture: "amd64" | "arm64") => {
    const document = parseDocument(SETTINGS);
    const { notTried, secrets } = makeRehearsable(document, builtHere, architecture);
    const { users, doodle, mailer } = document.toJS().config["aoshingo:services"];
    return { notTried, secrets, types: [users, doodle, mailer].map(({ instanceType }) => instanceType) };
  };
  const MADE_UP = [
    "the secret ssm:/prod/users/databse-url, whose value was made up",
    "the secret secretsmanager:prod/key, whose value was made up",
  ];

  it("names what it leaves out, makes up and changes", () => {
    const { notTried, secrets, types } = made(["users", "doodle"], "amd64");
    expect(secrets).to.deep.equal(["ssm:/prod/users/databse-url", "secretsmanager:prod/key"]);
    expect(types).to.deep.equal(["t3.medium", "c7i.large", "t3.small"]);
    expect(notTried).to.deep.equal([
      "notify",
      "users on t4g.medium, it was t3.medium: images are built for amd64 here",
      "doodle on c7g.medium, it was c7i.large: images are built for amd64 here",
      ...MADE_UP,
    ]);
  });

  it("leaves the types of images that something builds for a processor, and of those that are built for Graviton here", () => {
    expect(made(["doodle"], "amd64").types).to.deep.equal(["t4g.medium", "c7i.large", "t3.small"]);
    const { notTried, types } = made(["users", "doodle"], "arm64");
    expect(types).to.deep.equal(["t4g.medium", "c7g.medium", "t3.small"]);
    expect(notTried).to.deep.equal(["notify", ...MADE_UP]);
  });
});

describe("rehearsal/environment/rehearsal-stack", () => {
  const variable = process.env.DOCKER_DEFAULT_PLATFORM;
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-stack-"));
    delete process.env.DOCKER_DEFAULT_PLATFORM;
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
    if (variable === undefined) delete process.env.DOCKER_DEFAULT_PLATFORM;
    else process.env.DOCKER_DEFAULT_PLATFORM = variable;
  });

  async function written(stack: string, services?: string[]) {
    const changes = { stack, cutover: "routed", drainSeconds: 4, ...(services ? { services } : {}) };
    const { file, ...others } = await writeSettings(directory, scaled(changes, 20));
    return { ...others, config: parse(readFileSync(file, "utf8")).config };
  }

  it("keeps Graviton where DOCKER_DEFAULT_PLATFORM asks for a processor, whichever it is", async () => {
    for (const architecture of ["arm64", "amd64"]) {
      process.env.DOCKER_DEFAULT_PLATFORM = `linux/${architecture}`;
      const { config, notTried } = await written("prod");
      expect(config["aoshingo:services"].users.instanceType).to.equal("t4g.small");
      expect(notTried).to.deep.equal([]);
    }
  });

  it("takes another type where images are built for this machine, and says so", async () => {
    const { config, notTried } = await written("prod");
    const isArm = architectureOfMachine() === "arm64";
    expect(config["aoshingo:services"].users.instanceType).to.equal(isArm ? "t4g.small" : "t3.small");
    expect(notTried).to.deep.equal(
      isArm ? [] : ["users on t4g.small, it was t3.small: images are built for amd64 here"],
    );
  });

  it("names what services no longer do without the others", async () => {
    expect((await written("rehearsal", ["doodle"])).notTried).to.deep.equal([
      "calls from doodle to users",
      "messages from doodle to mailer",
    ]);
    expect((await written("rehearsal")).notTried).to.deep.equal([]);
  });
});
