import { expect } from "chai";
import { latestEndMs } from "../../../components/live/keep-warm";
import type { LiveService } from "../../../components/live/live";
import { failureOf } from "../../failure-of";
import { declare, GROUPS, STATES, V1 } from "../world";

const GROUP = "users-blue-instances";

/** What `pulumi up` asks for while blue was kept warm until then, by what Auto Scaling has of its group. */
describe("a `pulumi up` after the time until which a colour was kept warm", () => {
  afterEach(() => GROUPS.clear());

  const kept = (until: number): LiveService => ({
    active: "green",
    colours: { blue: { release: V1, size: 2, until }, green: { release: V1, size: 2 } },
  });

  async function up(until: number) {
    const services = { users: kept(until) };
    const { services: outputs } = (await declare({ services: { users: STATES.second } })).outputs;
    const { resources, outputs: written } = await declare({ services, last: { services: outputs } });
    const { minSize, maxSize, desiredCapacity } = resources.find(({ name }) => name === GROUP)!.inputs;
    const ends = resources.filter(({ type }) => type === "aws:autoscaling/schedule:Schedule").length;
    return { numbers: [minSize, maxSize, desiredCapacity], ends, colour: written.live.services.users!.colours.blue };
  }
  const justOver = () => Date.now() - 1_000;
  const longOver = () => Date.now() - latestEndMs(0) - 1_000;

  it("takes it to 0 where Auto Scaling has, or has no such group any more", async () => {
    const ended = { numbers: [0, 0, 0], ends: 0, colour: { release: V1, size: 0 } };
    expect(await up(justOver())).to.deep.equal(ended);
    GROUPS.set(GROUP, 0);
    expect(await up(justOver())).to.deep.equal(ended);
  });

  it("stops none that still runs: production may be there; its action stays while it may come", async () => {
    GROUPS.set(GROUP, 2);
    const until = justOver();
    const numbers = [2, 2, 2];
    expect(await up(until)).to.deep.equal({ numbers, ends: 1, colour: { release: V1, size: 2, until } });
    expect(await up(longOver())).to.deep.equal({ numbers, ends: 0, colour: { release: V1, size: 2 } });
  });

  it("removes what only that colour called, once Auto Scaling has ended it", async () => {
    const services = { users: STATES.second, accounts: STATES.second };
    const { outputs } = await declare({ services, settings: { accounts: { kind: "api", exposure: ["internal"] } } });
    const { blue, green } = outputs.grants.users!;
    const last = { services: outputs.services, grants: { users: { blue: { ...blue, calls: ["accounts"] }, green } } };
    const removed = () => declare({ services: { users: kept(justOver()) }, last });
    expect((await removed()).outputs.services).to.have.keys("users");
    GROUPS.set(GROUP, 2);
    expect((await failureOf(removed())).message).to.equal(
      'aoshingo:services.accounts: removed, but what runs of users calls it: put it back, deploy a release without "calls: [accounts]" (or run `retire users`, if only a kept-warm colour does), then run `pulumi up` with this change.',
    );
  });

  it("changes nothing where Auto Scaling does not say", async () => {
    GROUPS.set(GROUP, -1);
    expect((await failureOf(up(justOver()))).message).to.contain(
      `the Auto Scaling group ${GROUP} cannot be looked up, wanted to know whether it still runs what was kept warm: Rate exceeded`,
    );
  });
});
