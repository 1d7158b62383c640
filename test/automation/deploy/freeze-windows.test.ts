import { assert } from "chai";
import { Stopped } from "../../../automation/core/errors";
import { parseSettings } from "../../../components/settings/settings";
import { Scene } from "./scene";

const FRIDAY_EVENING = Date.parse("2026-11-27T19:00:00Z");
const REFUSED =
  'the settings freeze deploys from Fri 16:00 to Mon 08:00 in UTC: wait, or go on with --despite-freeze "REASON"';

describe("a freeze by the settings", () => {
  let scene: Scene;

  function begin(window: object): void {
    scene.clock.nowMs = FRIDAY_EVENING;
    const services = { users: { kind: "api" } };
    scene.settings = parseSettings({
      ...scene.settings,
      services,
      freeze: [{ from: "Fri 16:00", to: "Mon 08:00", ...window }],
    });
  }
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  it("refuses a deploy and a restart with its reason, and changes nothing", async () => {
    begin({});
    assert.equal((await scene.deploy())!.message, REFUSED);
    assert.equal((await scene.restart())!.message, REFUSED);
    assert.deepEqual(scene.stack.asked, []);
    assert.deepEqual(await scene.store.deploys(), []);
  });

  it("lets go on who says why", async () => {
    begin({});
    scene.despiteFreeze = true;
    assert.isNull(await scene.deploy());
  });

  it("refuses a rollback unless the settings except it", async () => {
    await scene.deploy();
    begin({});
    assert.equal((await scene.rollback())!.message, REFUSED);
    begin({ except: "rollback" });
    assert.isNull(await scene.rollback());
  });

  it("refuses to go on with a deploy that was left before its cutover, and lets it be taken back", async () => {
    scene.keep = true;
    scene.stack.onUp = () => scene.abort.abort(new Stopped("SIGINT"));
    await scene.deploy();
    scene.stack.onUp = () => {};
    scene.abort = new AbortController();
    begin({});
    assert.equal((await scene.resume())!.message, REFUSED);
    assert.isNull(await scene.abortRun());
  });

  it("is over when its time is", async () => {
    begin({});
    scene.clock.nowMs = Date.parse("2026-11-30T08:00:00Z");
    assert.isNull(await scene.deploy());
  });
});
