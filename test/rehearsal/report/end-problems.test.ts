import { expect } from "chai";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { endProblems } from "../../../rehearsal/report/end-problems";
import { summarise } from "../../../rehearsal/report/summarise";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import type { RequestSample } from "../../../rehearsal/traffic/types";
import { STARTUP, sampleRecord } from "./sample-record";

const { record, samples } = sampleRecord();
const [events] = record.deploys;
const confirmedMs = events!.find((event) => event.type === "stepEnded" && event.step === "confirm")!.atMs;
const endedMs = events!.at(-1)!.atMs;

const answer = (release: string, atMs: number, changes: Partial<RequestSample> = {}): RequestSample => ({
  ...{ kind: "request", atMs, stream: "honest", method: "GET", status: 200, release, latencyMs: 2, error: "" },
  postId: "",
  ...changes,
});

const reasonWith = (requests: RequestSample[], of: RehearsalRecord = record) =>
  summarise(of, { ...samples, requests: [...samples.requests, ...requests] }).reason;

const task = (colour: string, state: "running" | "stopped", atMs: number): CloudEvent => ({
  ...{ kind: "task", atMs, cluster: `aoshingo-rehearsal-users-${colour}`, taskId: `t-${colour}` },
  ...{ instanceId: `i-users-${colour}-1`, state, image: "", reason: "" },
});

describe("the end of a deploy in the report", () => {
  it("is wrong if the old colour answers a request that was sent after production was confirmed", () => {
    expect(reasonWith([answer("users:v1", confirmedMs - 1)])).to.equal("");
    expect(reasonWith([answer("users:v2", confirmedMs + 1)])).to.equal("");
    const late = [answer("users:v1", confirmedMs + 1), answer("users:v1", endedMs + 300)];
    expect(reasonWith(late)).to.equal("users users:v1 answered 2 requests after production was confirmed");
  });

  it("is wrong if all goes on as before, and the deploy says that it is done", () => {
    const requests = samples.requests.map((each) => ({ ...each, release: "users:v1" }));
    const { ok, reason } = summarise(record, { ...samples, requests });
    expect(ok).to.equal(false);
    expect(reason).to.match(/^users users:v1 answered [\d,]+ requests after production was confirmed$/);
  });

  it("counts from the end of a deploy that has not confirmed production", () => {
    const unconfirmed = events!.filter((event) => !("step" in event && event.step === "confirm"));
    const of = { ...record, deploys: [unconfirmed] };
    expect(reasonWith([answer("users:v1", confirmedMs + 1)], of)).to.equal("");
    expect(reasonWith([answer("users:v1", endedMs + 1)], of)).to.equal(
      "users users:v1 answered 1 request after the deploy had ended",
    );
  });

  it("says nothing of answers that did not come from a target, or from another service", () => {
    const others = [answer("", endedMs + 1), answer("doodle:v1", endedMs + 1, { stream: "internal" })];
    expect(endProblems(record, { ...samples, requests: others })).to.deep.equal([]);
  });

  it("is wrong if a release that was taken back still answers, also beside why it was", () => {
    const back = sampleRecord({ turns: true });
    const lastMs = back.record.deploys[0]!.at(-1)!.atMs;
    const requests = [...back.samples.requests, answer("users:v2", lastMs + 1)];
    const { reason } = summarise(back.record, { ...back.samples, requests });
    expect(reason).to.match(/^bake failed: .*; users users:v2 answered 1 request after the deploy had ended$/);
  });

  it("is wrong if the colour that production left still runs", () => {
    const cloud = [...record.cloud, task("blue", "running", confirmedMs), task("green", "running", confirmedMs)];
    expect(summarise({ ...record, cloud }, samples).reason).to.equal(
      "users blue still ran 1 task when the deploy had ended",
    );
    const stopped = [...cloud, task("blue", "stopped", endedMs - 1)];
    expect(summarise({ ...record, cloud: stopped }, samples)).to.include({ ok: true, reason: "" });
  });

  it("is as said in several deploys of several services, and names the one that is not", () => {
    const startup = sampleRecord({ deploys: STARTUP });
    expect(endProblems(startup.record, startup.samples)).to.deep.equal([]);
    const third = startup.record.deploys[2]!.at(-1)!.atMs;
    const late = answer("doodle:v1", third + 1, { stream: "internal" });
    expect(endProblems(startup.record, { ...startup.samples, requests: [late] })).to.deep.equal([
      "deploy 3: doodle doodle:v1 answered 1 request after production was confirmed",
    ]);
  });
});
