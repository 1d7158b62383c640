import "../../automation/core/quiet-aws-sdk";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { RunningStack } from "./running-stack";

const PLACE = { loopback: "127.46", portOffset: 46_000, speed: 200 };

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/** A first release has none to go back to: the next one is the only way out. */
describe("a first release that falls sick", function () {
  this.timeout(5 * 60_000);

  let stack: RunningStack;

  before(async () => {
    stack = await RunningStack.start(PLACE);
    await stack.push("v1");
    await stack.push("v2");
    const { exitCode, errors } = await stack.deploy("v1");
    expect(exitCode, errors).to.equal(0);
    const faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    await faults.add({ kind: "unhealthyAfter", service: "users", release: "v1", afterSeconds: 0, since: "now" });
    await stack.untilTargets("blue", "unhealthy");
  });
  after(() => stack?.stop());

  it("refuses the next deploy, and says how the cure is deployed", async () => {
    const { exitCode, events } = await stack.deploy("v2");
    expect(exitCode).to.equal(1);
    const { failedStep, reason } = events.find((event): event is Ended => event.type === "deployEnded")!;
    expect(failedStep).to.equal("preflight");
    expect(reason).to.match(
      /^preflight failed: production is not healthy now, .* --despite-unhealthy "REASON"; nothing was changed$/,
    );
  });

  it("gives way to the cure", async () => {
    const { exitCode, errors, events } = await stack.deployAll(["users=v2", "--despite-unhealthy", "v1 fell sick"]);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    const { active, colours } = (await stack.outputs()).live.services.users!;
    expect({ active, release: colours.green.release?.name, blue: colours.blue.size }).to.deep.equal({
      active: "green",
      release: "v2",
      blue: 0,
    });
  });
});
