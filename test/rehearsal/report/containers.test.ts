import { expect } from "chai";
import { meansOf, PLAIN } from "../../../rehearsal/cloud/processes/surroundings";
import { containerProblems, containersOf } from "../../../rehearsal/report/containers";

const surroundings = (means: Record<string, string | null>) => [{ kind: "surroundings" as const, atMs: 1, means }];

describe("rehearsal/report/containers", () => {
  it("says what was used, and names what was not tried", () => {
    const means = { ...meansOf(PLAIN), memoryLimit: "cgroup v2", firstProcess: "PID namespace" };
    const { containers, notTried } = containersOf(surroundings(means));
    expect(containers).to.deep.equal({ ...means, image: null });
    expect(notTried).to.deep.equal([
      "a read-only root file system",
      "that nobody outside reaches 127.0.0.1",
      "a network of its own, with any container port",
      "the image that its Dockerfile builds",
    ]);
  });

  it("names every part where processes are as they are", () => {
    const { notTried } = containersOf(surroundings({ ...meansOf(PLAIN) }));
    expect(notTried).to.have.length(Object.keys(meansOf(PLAIN)).length + 1);
  });

  it("has each problem of a service once", () => {
    const problem = (taskId: string, text: string) => ({
      ...{ kind: "problem" as const, atMs: 1, service: "users" },
      ...{ taskId, problem: text },
    });
    expect(containerProblems([problem("1", "a"), problem("2", "a"), problem("1", "b")])).to.deep.equal(["a", "b"]);
  });
});
