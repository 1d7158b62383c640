import { fork } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { readSamples } from "../../../rehearsal/report/samples";
import { Traffic } from "../../../rehearsal/traffic/traffic";
import type { TrafficProgress } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { Site } from "./site";

const MAIN = join(__dirname, "../../../rehearsal/traffic/main.ts");
/** Mocha ends the waits. */
const NEVER = new AbortController().signal;
/** By so much the clocks of two processes may differ. */
const SKEW_MS = 1_000;

describe("traffic process", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());

  it("flows, tells its progress, and leaves a complete record when stopped", async () => {
    const traffic = await Traffic.prepare(site.settings());
    const startedAtMs = Date.now();
    traffic.start();
    const progress: TrafficProgress[] = [];
    traffic.onProgress((each) => progress.push(each));
    const flowingAtMs = await traffic.untilFlowing(NEVER);
    await eventually("300 requests", () => (progress.at(-1)?.sent ?? 0) > 300);
    const { sent } = await traffic.stop();

    expect(flowingAtMs).to.be.within(startedAtMs - SKEW_MS, Date.now() + SKEW_MS);
    expect(progress.at(-1)).to.include({ sent, ok: sent, failed: 0 });
    expect(progress.at(-1)!.p99Ms).to.be.greaterThan(0);
    expect((await readSamples(site.settings().recordFile)).requests.length).to.equal(sent);
    expect(() => process.kill(traffic.pid, 0)).to.throw("ESRCH");
  });

  it("changes its rate when it is told to", async () => {
    const traffic = await Traffic.prepare(site.settings());
    traffic.start();
    await traffic.untilFlowing(NEVER);
    traffic.changeRate(1e-6);
    let { sent } = traffic.progress;
    for (let before = -1; sent > before; ) {
      before = sent;
      ({ sent } = await new Promise<TrafficProgress>((resolve) => traffic.onProgress(resolve)));
    }
    expect((await traffic.stop()).sent).to.equal(sent);
  });

  it("replaces its clients when it is told to: they go where the name leads, and no request fails", async () => {
    const traffic = await Traffic.prepare(site.settings());
    traffic.start();
    await traffic.untilFlowing(NEVER);
    site.pointNamesAtGreen();
    await traffic.replaceClients();
    const { length } = site.blue.received;
    const { sent } = traffic.progress;
    await eventually("300 requests", () => traffic.progress.sent > sent + 300);
    await traffic.stop();
    expect(site.blue.received.length).to.equal(length);
    expect(traffic.progress.failed).to.equal(0);
  });

  it("leaves no listener on the signal of its waits", async () => {
    // Few requests, because a machine that is too busy for its rate ends the wait.
    const traffic = await Traffic.prepare(site.settings({ streams: site.streams({ ratePerSecond: 5 }) }));
    traffic.start();
    const { signal } = new AbortController();
    await traffic.untilFlowing(signal);
    await traffic.untilSteady(signal);
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
    await traffic.stop();
  });

  it("is not flowing while every request fails", async () => {
    await site.blue.close();
    const traffic = await Traffic.prepare(site.settings());
    traffic.start();
    const error = await traffic.untilFlowing(AbortSignal.timeout(300)).catch((reason: Error) => reason);
    expect(error).to.have.property("name", "TimeoutError");
    await traffic.stop();
  });

  it("says why it cannot start", async () => {
    const error = await Traffic.prepare(site.settings({ nameServers: [] })).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.include("nameServers is empty, at least one is wanted");
  });

  it("fails when the record cannot be written", async () => {
    const traffic = await Traffic.prepare(site.settings({ recordFile: join(site.folder, "no/such/folder/file") }));
    const error = await traffic.stop().catch((reason: Error) => reason);
    expect((error as Error).message).to.include("ENOENT");
  });

  it("ends with its parent", async () => {
    const child = fork(MAIN, {
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, TRAFFIC: JSON.stringify(site.settings()) },
    });
    await once(child, "message");
    child.send({ type: "start" });
    await eventually("requests", () => site.blue.received.length > 10);
    child.disconnect();
    expect(await once(child, "exit")).to.deep.equal([0, null]);
  });
});
