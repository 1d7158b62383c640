import { expect } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import type { Outcome } from "../../../automation/ports/journal";
import { goOn, ownFailure, releaseAfter } from "../../../rehearsal/chaos/go-on";
import type { CommandEnd } from "../../../rehearsal/environment/killable-command";
import { live } from "../../automation/deploy/worlds";

const ended = (outcome: Outcome): Extract<DeployEvent, { type: "deployEnded" }> => ({
  ...{ type: "deployEnded", atMs: 0, ok: outcome === "done", totalSeconds: 1, failedStep: null, reason: "", outcome },
  active: {},
});

const commandEnd = (exitCode: number, events: DeployEvent[], errors = ""): CommandEnd => ({
  ...{ exitCode, events, errors, seconds: 1, killed: false },
});

/** Returns an environment whose commands end in these ways, one after the other. */
function environment(...ends: CommandEnd[]) {
  const asked: string[] = [];
  return {
    asked,
    run: async (command: string) => {
      asked.push(command);
      return ends[asked.length - 1]!;
    },
  };
}

describe("going on after a run that was killed", () => {
  it("resumes until a command ends well, and tells how", async () => {
    const fake = environment(commandEnd(1, [ended("left")]), commandEnd(0, [ended("takenBack")]));
    expect(await goOn(fake, "abort")).to.deep.equal({
      ...{ said: "abort left, then resume takenBack", outcome: "takenBack", problems: [] },
    });
    expect(fake.asked).to.deep.equal(["abort", "resume"]);
  });

  it("is over where there is nothing to go on with, which tells nothing of the release", async () => {
    const fake = environment(commandEnd(2, [], "nothing to resume: the last run ended"));
    expect(await goOn(fake, "resume")).to.deep.include({ outcome: null, problems: [] });
  });

  it("has a problem if three commands were not enough", async () => {
    const fake = environment(...[1, 2, 3].map(() => commandEnd(1, [ended("left")])));
    const { outcome, problems } = await goOn(fake, "resume");
    expect([outcome, problems]).to.deep.equal([null, ["3 commands did not bring it to an end"]]);
  });

  it("has a problem if the command failed by itself, before it was killed", () => {
    const takenBack = commandEnd(1, [{ ...ended("takenBack"), reason: "verify failed: 1 of 2 targets is healthy" }]);
    expect(ownFailure("deploy", takenBack)).to.deep.equal([
      "deploy failed before it was killed (exit code 1): verify failed: 1 of 2 targets is healthy",
    ]);
    expect(ownFailure("rollback", commandEnd(2, [], "wrong\nno release before v1"))).to.deep.equal([
      "rollback failed before it was killed (exit code 2): no release before v1",
    ]);
    expect(ownFailure("deploy", commandEnd(0, [ended("done")]))).to.deep.equal([]);
    expect(ownFailure("deploy", { ...takenBack, killed: true })).to.deep.equal([]);
  });

  it("leaves the new release if it was done, and the one before if it was taken back", () => {
    const before = live({ active: "green", green: ["v2", 2], blue: ["v1", 0] });
    const after = live({ active: "blue", green: ["v2", 2], blue: ["v3", 2] });
    const events: DeployEvent[] = [before, after].map((state) => ({ type: "live", atMs: 0, live: state }));
    const of = { service: "users", name: "v3" };
    const wanted = (["done", "takenBack", "left", null] as const).map((outcome) => releaseAfter(outcome, events, of));
    expect(wanted).to.deep.equal(["v3", "v2", undefined, undefined]);
    // It was killed before it said anything.
    expect(releaseAfter("takenBack", [], of)).to.equal(undefined);
  });
});
