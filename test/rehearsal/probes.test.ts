import "../../automation/core/silent-aws-sdk";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { previewUnchanged } from "./expectations";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type Production, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const PROBES = ["config", "aoshingo:services", "users", "probes"];
const DEPLOY = ["config", "aoshingo:deploy"];
const SPEED = 200;

/** Probes of a service in production: real requests of the deploy command, through DNS, TLS and load balancers. */
describe("probes", () => {
  let stack: RunningStack;
  let faults: FaultsClient;

  before(async () => {
    stack = await sharedStack({ from: "release", speed: SPEED });
    faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    await changeSettings(stack.settingsFile, PROBES, ["/users?limit=1"]);
    await setDeploy({ bakeSeconds: 1 });
  });
  afterEach(() => faults.clear());
  after(async () => {
    if (!stack) return;
    await changeSettings(stack.settingsFile, PROBES, undefined);
    await setDeploy({ metricPeriodSeconds: 60 / SPEED, bakeSeconds: 0 });
  });

  async function setDeploy(values: Record<string, number>): Promise<void> {
    for (const [key, value] of Object.entries(values))
      await changeSettings(stack.settingsFile, [...DEPLOY, key], value);
  }

  const eventsOf = <Type extends DeployEvent["type"]>({ events }: DeployRun, type: Type) =>
    events.filter((event): event is Extract<DeployEvent, { type: Type }> => event.type === type);
  const detailOf = (run: DeployRun, step: string) =>
    eventsOf(run, "stepEnded")
      .filter((event) => event.step === step)
      .map(({ detail }) => detail);
  const badAnswers = (release: string) =>
    faults.add({ kind: "errorsAfter", service: "users", release, share: 1, since: "now" });

  it("change nothing in the stack", async () => {
    const { exitCode, text } = await previewUnchanged(stack);
    expect(exitCode, text).to.equal(0);
  });

  it("let a harmless release pass, and are in the bake's last words", async () => {
    await stack.push("harmless");
    const run = await stack.deploy("harmless");
    expect(run.exitCode, run.errors + JSON.stringify(run.events.at(-1))).to.equal(0);
    expect(detailOf(run, "bake").join()).to.match(/; 1 probe answered (once|\d+ times)$/);
    expect((await stack.production())!.release).to.equal("harmless");
  });

  it("find a release that is healthy but answers badly before there is any metric of it, and lead production back", async () => {
    const before = (await stack.production()) as Production;
    // As on AWS: metrics could be read after two minutes at the earliest, and a path is asked for every two seconds.
    await setDeploy({ metricPeriodSeconds: 60, bakeSeconds: 120 });
    await stack.push("bad");
    const url = (await stack.outputs()).services.users!.exposures.public!.url;
    const watch = new ProductionWatch(stack, `${url}/users?limit=1`);
    const spoiled: Promise<unknown>[] = [];
    const run = await stack.deploy("bad", (event) => {
      if (event.type === "stepEnded" && event.step === "confirm" && spoiled.length === 0)
        spoiled.push(badAnswers("bad"));
    });
    await Promise.all(spoiled);
    await watch.stop();
    expect(run.exitCode, run.errors).to.equal(1);
    expect(eventsOf(run, "deployEnded")[0]!.reason).to.match(
      new RegExp(
        `^bake failed: users: GET /users\\?limit=1 answered 500 twice; production is back on users ${before.release}, `,
      ),
    );
    expect(eventsOf(run, "analysed")).to.deep.equal([]);
    expect(await stack.production()).to.deep.equal(before);
    expect(watch.answers).to.include.keys(`200 ${before.release}`, "500 bad");
  });

  it("refuse a deploy while production answers badly, and say so", async () => {
    const before = (await stack.production()) as Production;
    await badAnswers(before.release);
    const run = await stack.deploy("bad");
    expect(run.exitCode, run.errors).to.equal(1);
    expect(eventsOf(run, "deployEnded")[0]!.reason).to.match(
      new RegExp(
        `^preflight failed: production is not healthy now, .*: users ${before.active}: GET /users\\?limit=1 answered 500 twice \\(idle is ${before.idle}\\); .*; nothing was changed$`,
      ),
    );
    expect(await stack.production()).to.deep.equal(before);
  });
});
