import { expect } from "chai";
import { retired, warmed } from "../../../../automation/deploy/live-transitions";
import { type Colour, other } from "../../../../components/core/colour-name";
import type { Live } from "../../../../components/live/live";
import { seededRandom } from "../../../../rehearsal/seeded-random";
import { Scene, SERVICE } from "./scene";

const PLACE = { loopback: "127.42", portOffset: 42_000, speed: 20 };
const SEED = Number(process.env.SEED ?? 1);
/** From the engine's lock to the end of the longest `up` here; a later instant would hit nothing. Milliseconds. */
const LONGEST_UP_MS = 2_500;

/**
 * Processes of an `up` die by SIGKILL at instants that the seed chooses. Recovery and the same `up` once more lead to
 * the same state as an `up` without a crash.
 */
describe(`automation/stack/recovery: crash (SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  let scene: Scene;
  let live: Live;
  let deploys = 0;

  before(async () => {
    scene = await Scene.start(PLACE);
    live = (await scene.outputs()).live;
  });
  after(() => scene?.stop());

  type Kill = (live: Live, afterMs: number) => Promise<void>;
  const killEngine: Kill = (next, afterMs) => scene.upKillingEngine(next, afterMs);
  const killScript: Kill = (next, afterMs) => scene.upKillingScript(next, afterMs);

  async function survives(next: Live, kill: Kill): Promise<void> {
    await kill(next, random() * LONGEST_UP_MS);
    const found = (await scene.pendingOperations()).length > 0 || (await scene.locks()).length > 0;
    const done = await scene.recover();
    // Between the two questions an engine without its script may have come to its end.
    if (!found) expect(done).to.deep.equal([]);
    expect(await scene.locks()).to.deep.equal([]);
    expect(await scene.pendingOperations()).to.deep.equal([]);
    expect([live, next]).to.deep.include((await scene.outputs()).live);
    live = (await scene.up(next)).outputs.live;
    expect(live).to.deep.equal(next);
  }

  async function deployUnderFire(kill: Kill): Promise<void> {
    const release = await scene.release(`v${++deploys}`);
    await survives(warmed(live, { [SERVICE]: { release, size: 2 } }), kill);
    await survives(cutOver(live), kill);
    await survives(retired(live, [SERVICE]), kill);
    const { active } = live.services[SERVICE]!;
    const policies = (colour: Colour) => (colour === active ? 1 : 0);
    // The first release, on blue, made green a service and a task definition, too.
    expect(await scene.inventory()).to.deep.equal({
      blue: { services: 1, revisions: Math.ceil(deploys / 2), policies: policies("blue") },
      green: { services: 1, revisions: 1 + Math.floor(deploys / 2), policies: policies("green") },
    });
  }

  for (const number of [1, 2, 3]) {
    it(`recovers from a killed engine at each step of deploy ${number}`, () => deployUnderFire(killEngine));
  }
  it("recovers from a killed script at each step of a deploy", () => deployUnderFire(killScript));
  it("leaves nothing to do for the next update", () => scene.expectClean());
});

function cutOver({ serial, services }: Live): Live {
  const service = services[SERVICE]!;
  return { serial: serial + 1, services: { [SERVICE]: { ...service, active: other(service.active) } } };
}
