import { Agent } from "node:http";
import { expect } from "chai";
import { KeepAliveWatch } from "../../../../../rehearsal/cloud/data-plane/load-balancer/keep-alive-watch";

describe("rehearsal/cloud/data-plane/load-balancer/keep-alive-watch", () => {
  const TARGET = { id: "i-1", port: 80, endpoint: null, reachable: true, draining: false };

  type Happening = (watch: KeepAliveWatch) => void;

  /** What a watch with an idle timeout of 60 s reports. */
  function watched(...happenings: Happening[]): string[] {
    const reports: string[] = [];
    const watch = new KeepAliveWatch(60, {
      shortKeepAlive: ({ targetSeconds, evidence }) => reports.push(`short: ${targetSeconds} s ${evidence}`),
      idleConnection: ({ state }) => reports.push(state),
    });
    for (const happens of happenings) happens(watch);
    return reports;
  }
  const announces = (seconds: number) => (watch: KeepAliveWatch) => watch.readHeader(`timeout=${seconds}, max=100`);
  const isLeft = (watch: KeepAliveWatch) => watch.leftIdle();
  const isKept = (watch: KeepAliveWatch) => watch.keptIdle();
  const closes = (seconds: number) => (watch: KeepAliveWatch) => watch.closedByTarget(seconds);
  const passes = (watch: KeepAliveWatch) => watch.passedCheck(TARGET, "/up", new Agent());

  const table: [string, Happening[], string[]][] = [
    ["announces less", [announces(59), isLeft], ["short: 59 s announced"]],
    ["announces more", [announces(61), isLeft, isKept], []],
    ["announces more and closes early all the same", [announces(75), closes(20), passes], ["short: 20 s observed"]],
    ["announces nothing", [isLeft], ["left"]],
    ["announces nothing and keeps it", [isLeft, isKept], ["left", "kept"]],
    ["announces nothing and closes then", [isLeft, closes(59.99), passes], ["left", "short: 59.99 s observed"]],
    ["announces nothing at first, then more", [isLeft, announces(75), isKept], ["left", "kept"]],
    ["announces the same", [announces(60), isLeft], ["left"]],
    ["announces the same and keeps it", [announces(60), isLeft, isKept], ["left", "kept"]],
    [
      "announces the same and closes then",
      [announces(60), isLeft, closes(60.02), passes],
      ["left", "short: 60.02 s observed"],
    ],
    [
      "announces the same and closes a second later, as Node does",
      [announces(60), isLeft, closes(60.99), passes],
      ["left", "kept"],
    ],
  ];
  for (const [what, happenings, reports] of table)
    it(`reports of a target that ${what}: ${reports.join(", ") || "nothing"} (E34)`, () =>
      expect(watched(...happenings)).to.deep.equal(reports));

  it("reports nothing of a target that closed and did not pass a check afterwards: it has ended", () => {
    expect(watched(closes(5))).to.deep.equal([]);
  });
});
