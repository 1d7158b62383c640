import { expect } from "chai";
import type { Image } from "../../../../../../rehearsal/cloud/kernel/ports";
import type { Instance } from "../../../../../../rehearsal/cloud/services/ec2/model/instance";
import { ContainerInstance } from "../../../../../../rehearsal/cloud/services/ecs/model/container-instance";
import { pullImage } from "../../../../../../rehearsal/cloud/services/ecs/model/image-pull";
import type { TaskDefinition } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definition";
import { silentCloud } from "../../../silent-cloud";

const REFERENCE = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/users:v1";
const FIRST = { digest: `sha256:${"1".repeat(64)}` } as Image;
const MOVED = { digest: `sha256:${"2".repeat(64)}` } as Image;
const GONE = /^CannotPullContainerError: .*users:v1/;

interface Case {
  what: string;
  /** ECS_IMAGE_PULL_BEHAVIOR; undefined leaves it out. */
  behaviour?: string;
  /** What the registry has under the tag at the second pull. */
  later: Image | undefined;
  /** Whether the instance has lost its way to the registry by then. */
  isCutOff?: boolean;
  runs: Image | RegExp;
}

/** What a second task of the same instance runs, after the first one has run FIRST (aws-rules C15). */
const CASES: Case[] = [
  { what: "a tag that has moved: the new image", later: MOVED, runs: MOVED },
  { what: "a tag that is gone: the copy", later: undefined, runs: FIRST },
  { what: "a registry out of reach: the copy, old code under the tag", later: MOVED, isCutOff: true, runs: FIRST },
  { what: "default, by name: the copy", behaviour: "default", later: undefined, runs: FIRST },
  { what: "always, a tag that is gone: none", behaviour: "always", later: undefined, runs: GONE },
  { what: "always, a tag that has moved: the new image", behaviour: "always", later: MOVED, runs: MOVED },
  { what: "once: the copy, without a question", behaviour: "once", later: MOVED, runs: FIRST },
  { what: "prefer-cached: the copy, too", behaviour: "prefer-cached", later: MOVED, runs: FIRST },
];

describe("rehearsal/cloud/services/ecs/model/image-pull", () => {
  const context = silentCloud(100_000);

  function hostWith(behaviour: string | undefined): ContainerInstance {
    const line = behaviour === undefined ? "" : `ECS_IMAGE_PULL_BEHAVIOR=${behaviour}\n`;
    const userData = Buffer.from(`#!/bin/bash\ncat >> /etc/ecs/ecs.config <<'EOF'\n${line}EOF\n`).toString("base64");
    const instance = { instanceId: "i-1", subnetId: "subnet-a", securityGroupIds: [], userData, instanceProfile: "p" };
    return new ContainerInstance("arn", instance as unknown as Instance, undefined);
  }

  async function pull(host: ContainerInstance, image: Image | undefined, isCutOff = false): Promise<Image> {
    const ports = {
      context,
      permissions: { allows: () => true, roleOfProfile: () => "role" },
      reachability: { reachesService: () => (isCutOff ? { ok: false, reason: "no route" } : { ok: true }) },
      images: { find: () => image },
    } as unknown as Parameters<typeof pullImage>[0];
    return pullImage(ports, {
      definition: {} as TaskDefinition,
      reference: REFERENCE,
      host,
      task: { id: "1", service: "users", colour: undefined, release: undefined },
      signal: new AbortController().signal,
    });
  }

  for (const { what, behaviour, later, isCutOff, runs } of CASES) {
    it(what, async () => {
      const host = hostWith(behaviour);
      expect(await pull(host, FIRST)).to.equal(FIRST);
      const second = await pull(host, later, isCutOff).catch(({ message }: Error) => message);
      if (runs instanceof RegExp) expect(second).to.match(runs);
      else expect(second).to.equal(runs);
    });
  }

  it("an instance without a copy has nothing to run", async () => {
    const failure = await pull(hostWith(undefined), undefined).catch(({ message }: Error) => message);
    expect(failure).to.match(GONE);
  });
});
