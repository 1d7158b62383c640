import { expect } from "chai";
import { meansOf, meansOfDocker, PLAIN } from "../../../rehearsal/cloud/processes/surroundings";
import { containerProblems, containersOf } from "../../../rehearsal/report/containers";

type Means = Record<string, string | null>;
const surroundings = (means: Means, container?: string) => {
  return { kind: "surroundings" as const, atMs: 1, means, ...(container === undefined ? {} : { container }) };
};
const LINUX = { ...PLAIN, sharedAddress: "127.0.0.2", signalsFirstProcess: true };
const ROOT: Means = {
  ...{ readOnlyRoot: "mount namespace", memoryLimit: "cgroup v2", firstProcess: "PID namespace" },
  ...{ loopback: "network namespace", allAddresses: "network namespace", ownNetwork: "network namespace", image: null },
};
const ADDRESSES = "that it listens on all addresses without being told to (HOST)";
const NETWORK = "a network of its own, with any container port";
const IMAGE = "the image that its Dockerfile builds, as with --docker";

describe("rehearsal/report/containers", () => {
  it("says what was used, and names what was not tried", () => {
    const means = { ...meansOf(PLAIN), memoryLimit: "cgroup v2", firstProcess: "PID namespace" };
    const { containers, notTried } = containersOf([surroundings(means)]);
    expect(containers).to.deep.equal({ ...means, image: null });
    expect(notTried).to.deep.equal([
      "a read-only root file system",
      "that nobody outside reaches 127.0.0.1",
      ADDRESSES,
      NETWORK,
      IMAGE,
    ]);
  });

  it("names every part where processes are as they are", () => {
    for (const cloud of [[], [surroundings({ ...meansOf(PLAIN) })]])
      expect(containersOf(cloud).notTried).to.have.length(Object.keys(meansOf(PLAIN)).length);
  });

  it("does not say that a server listens on all addresses where the cloud tells it one (C33)", () => {
    const { containers, notTried } = containersOf([surroundings({ ...meansOf(LINUX) })]);
    expect(containers.loopback).to.equal("another address of this machine");
    expect(notTried).to.include(ADDRESSES).and.not.include("that nobody outside reaches 127.0.0.1");
  });

  it("says of images of Docker what Docker did, whatever this machine would allow", () => {
    const docker = { ...meansOfDocker(LINUX, true) };
    const { containers, notTried } = containersOf([surroundings(ROOT), surroundings(docker, "users")]);
    expect(containers).to.deep.equal(docker);
    expect(notTried).to.deep.equal([ADDRESSES, NETWORK]);
  });

  it("names the containers that a part was not tried with, where others have had it", () => {
    const { loopback, allAddresses, ...worker } = { ...meansOfDocker(PLAIN, false) };
    const cloud = [
      surroundings(ROOT),
      surroundings(ROOT, "users"),
      surroundings(ROOT, "users's sidecar agent"),
      surroundings({ ...meansOfDocker(LINUX, false) }, "doodle"),
      surroundings(worker, "mailer"),
    ];
    expect(containersOf(cloud)).to.deep.equal({
      containers: {
        readOnlyRoot: "mount namespace, Docker",
        memoryLimit: "cgroup v2, Docker",
        firstProcess: "PID namespace",
        loopback: "network namespace, another address of this machine",
        ...{ allAddresses: "network namespace", ownNetwork: "network namespace", image: "Docker" },
      },
      notTried: [
        "SIGTERM to the first process only (doodle, mailer)",
        `${ADDRESSES} (doodle)`,
        `${NETWORK} (doodle, mailer)`,
        `${IMAGE} (users, users's sidecar agent)`,
      ],
    });
  });

  it("takes a part as tried that one of a service's tasks has shown, but not for its images of another kind", () => {
    const [seen, unseen] = [meansOfDocker(LINUX, true), meansOfDocker(LINUX, false)];
    const cloud = [unseen, seen, unseen].map((means) => surroundings({ ...means }, "users"));
    expect(containersOf(cloud).notTried).to.deep.equal([ADDRESSES, NETWORK]);
    // A task that migrates listens nowhere.
    const { loopback, allAddresses, ...migration } = { ...seen };
    expect(containersOf([...cloud, surroundings(migration, "users")]).notTried).to.deep.equal([ADDRESSES, NETWORK]);
    expect(containersOf([...cloud, surroundings(ROOT, "users")]).notTried).to.include(`${IMAGE} (users)`);
  });

  it("has each problem of a service once", () => {
    const problem = (taskId: string, text: string) => ({
      ...{ kind: "problem" as const, atMs: 1, service: "users" },
      ...{ taskId, problem: text },
    });
    expect(containerProblems([problem("1", "a"), problem("2", "a"), problem("1", "b")])).to.deep.equal(["a", "b"]);
  });
});
