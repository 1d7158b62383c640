import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS, PACKAGE_DIRECTORY } from "../../automation/core/package-directory";

const SETTINGS = `config:
  aoshingo:domain: example.jp
  aoshingo:services:
    users: { healthCheck: { path: /up }, deregistrationDelaySeconds: 30 }
    mailer: { kind: worker, queue: true }
`;

describe("a project's own services that are named as the samples are", () => {
  let project: string;

  before(async () => {
    project = await mkdtemp(join(tmpdir(), "aoshingo-own-users-"));
    await writeFile(join(project, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    await writeFile(join(project, "Pulumi.rehearsal.yaml"), SETTINGS);
  });
  after(() => rm(project, { recursive: true, force: true }));

  /** Evaluates an expression in a process whose project this is; `load` requires one of our modules. */
  const evaluate = async (expression: string) => {
    const code = `const load = (module) => require(${JSON.stringify(PACKAGE_DIRECTORY)} + "/" + module);
      (async () => console.log(JSON.stringify(await (${expression}))))();`;
    return JSON.parse((await execa("node", [...NODE_ARGUMENTS, "-e", code], { cwd: project })).stdout);
  };

  it("get the usual traffic: GETs of the health path, and no rows", async () => {
    const wanted = {
      ratePerSecond: 30,
      services: ["users", "mailer"],
      healthPaths: { users: "/up" },
      domain: "example.jp",
    };
    const streams = await evaluate(`load("rehearsal/traffic/streams").streamsOf(${JSON.stringify(wanted)})`);
    for (const { service, getPath, postEvery, answers, stores } of streams)
      expect([service, getPath, postEvery, answers, stores]).to.deep.equal(["users", "/up", 0, undefined, undefined]);
    expect(streams.map(({ name }: { name: string }) => name)).to.deep.equal(["honest", "sticky", "keepAlive"]);
  });

  it("get no streams, which nobody has written in the settings", async () => {
    const changes = { cutover: "routed", drainSeconds: 4, streams: { service: "users", within: "1m" } };
    const written = await evaluate(
      `load("rehearsal/environment/rehearsal-stack").writeSettings("out", ${JSON.stringify(changes)})
        .then(({ file }) => require("node:fs").readFileSync(file, "utf8"))`,
    );
    expect(written).to.contain("/up");
    expect(written).not.to.match(/streams|STOP_SECONDS/);
  });

  it("are named with what a rehearsal does not try of them", async () => {
    const services = { users: { kind: "api", healthCheck: { path: "/up" } }, mailer: { kind: "worker", queue: true } };
    const untried = await evaluate(
      `load("rehearsal/untried-services").untriedOfServices(
        load("components/settings/settings").parseSettings(${JSON.stringify({ domain: "example.jp", services })}).services, [], [])`,
    );
    expect(untried).to.include.members(["requests to users", "messages to mailer"]);
  });
});
