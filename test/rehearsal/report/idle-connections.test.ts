import { expect } from "chai";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { notTriedOfConnections } from "../../../rehearsal/report/idle-connections";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import { sampleRecord, targetGroupEvents } from "./sample-record";

const idle = (atMs: number, state: "left" | "kept", targetGroup = "users-bb-0a1b2c", targetId = "i-1"): CloudEvent => ({
  ...{
    kind: "idleConnection",
    atMs,
    loadBalancer: "public-blue",
    targetGroup,
    targetId,
    state,
    idleTimeoutSeconds: 60,
  },
});
const target = (atMs: number, state: string, targetId = "i-1"): CloudEvent => ({
  ...{ kind: "target", atMs, targetGroup: "users-bb-0a1b2c", targetId, state, reason: "" },
});
const GROUPS = targetGroupEvents("users");
const NOT_TRIED = "whether users keeps idle connections longer than 60 s";

describe("rehearsal/report/idle-connections", () => {
  const table: [string, CloudEvent[], string[]][] = [
    ["no api", [], []],
    ["one that kept it", [idle(1000, "left"), idle(63_000, "kept")], []],
    ["one of which a task of the other colour kept it", [idle(0, "left"), idle(5000, "kept", "users-gb-0a1b2c")], []],
    ["one that lived until the end", [idle(1000, "left")], [`${NOT_TRIED} (seen: 34 s)`]],
    [
      "the longest of all its tasks",
      [idle(1000, "left"), idle(11_000, "left", "users-gb-0a1b2c", "i-2"), target(9500, "draining")],
      [`${NOT_TRIED} (seen: 24 s)`],
    ],
    ["one that became healthy meanwhile", [idle(1000, "left"), target(1500, "healthy")], [`${NOT_TRIED} (seen: 34 s)`]],
    ["one that ended", [idle(1000, "left"), target(3900, "unhealthy")], [`${NOT_TRIED} (seen: 2 s)`]],
    [
      "one that closed it early, which fails the rehearsal anyhow",
      [
        idle(1000, "left"),
        {
          ...{ kind: "shortKeepAlive", atMs: 1, loadBalancer: "public-blue", targetGroup: "users-gb-0a1b2c" },
          ...{ targetId: "i-1", targetSeconds: 5, idleTimeoutSeconds: 60, evidence: "observed" },
        },
      ],
      [],
    ],
  ];
  for (const [what, cloud, wanted] of table)
    it(`tells what was not tried with ${what} (E34)`, () =>
      expect(notTriedOfConnections([...GROUPS, ...cloud], 35_500)).to.deep.equal(wanted));

  it("is in the report and its last lines", () => {
    const { record, samples } = sampleRecord();
    const report = summarise({ ...record, cloud: [...GROUPS, idle(Number.MAX_SAFE_INTEGER, "left")] }, samples);
    expect(report.notTriedOfConnections).to.deep.equal([`${NOT_TRIED} (seen: 0 s)`]);
    expect(formatReport(report, { colour: false }).replace(/\s+/g, " ")).to.contain(`of connections: ${NOT_TRIED}`);
  });
});
