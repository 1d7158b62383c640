import { expect } from "chai";
import { lastOldAnswer } from "../../../automation/first-contact/last-old-answer";
import { Trial } from "../../../automation/first-contact/trial";

/** A load balancer whose addresses follow a change of the instant 0, each at its own seconds; time passes by sleeping. */
function trialWith(
  answersOld: (address: string, seconds: number) => boolean,
  stopAfterSeconds = Number.POSITIVE_INFINITY,
) {
  let nowMs = 0;
  const stop = new AbortController();
  const trial = new Trial({
    timeScale: 1,
    signal: stop.signal,
    clock: {
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
        if (nowMs / 1000 >= stopAfterSeconds) stop.abort(new Error("stopped"));
      },
    },
    http: {
      get: async ({ via }: { via: string }) => ({ status: answersOld(via, nowMs / 1000) ? 200 : 503, release: "" }),
    },
  } as unknown as ConstructorParameters<typeof Trial>[0]);
  const last = (addresses: readonly string[]) =>
    lastOldAnswer(trial, { url: "https://users.example.jp/healthz", addresses }, 0, ({ status }) => status === 503);
  return { last, now: () => nowMs / 1000 };
}

describe("the last old answer of a load balancer", () => {
  it("is that of the slowest address", async () => {
    const spread: Record<string, number> = { a: 3, b: 7 };
    const seconds = await trialWith((address, now) => now < spread[address]!).last(["a", "b"]);
    expect(seconds).to.be.within(6.5, 7);
  });

  it("is at 0 where all follow at once", async () => {
    expect(await trialWith(() => false).last(["a", "b"])).to.equal(0);
  });

  it("is not taken for the last before the address has given no other one for a while", async () => {
    const isBack = (now: number) => now > 9 && now < 9.5;
    expect(await trialWith((_, now) => now < 2 || isBack(now)).last(["a"])).to.be.within(9, 9.5);
  });

  it("is unknown for an address that never follows", async () => {
    const { last, now } = trialWith(() => true);
    expect(await last(["a"])).to.equal(null);
    expect(now()).to.be.at.least(300);
  });

  it("is not waited for after a stop", async () => {
    const stopped = await trialWith(() => true, 20)
      .last(["a"])
      .catch((error: Error) => error.message);
    expect(stopped).to.equal("stopped");
  });
});
