import { expect } from "chai";
import type { Linked, StackFacts } from "../../policy/linked";
import { STACK_RULES } from "../../policy/rules";
import { coloursAreOnBothLoadBalancers, trafficIsProtected } from "../../policy/rules/targets";
import { declare, STATES } from "../components/world";
import { linkedWorld } from "./linked-world";

const FACTS: StackFacts = { cutover: "routed", deletionProtection: true };
const users = { kind: "api", exposure: ["public", "internal"] };

const declared = async (cutover: StackFacts["cutover"] = "routed") =>
  linkedWorld(await declare({ services: { users: STATES.second }, settings: { users }, cutover }));

/** The resources with other links or inputs for one of them. */
function changed(resources: Linked[], name: string, change: (resource: Linked) => Partial<Linked>): Linked[] {
  const resource = resources.find((each) => each.name === name)!;
  Object.assign(resource, change(resource));
  return resources;
}
const messages = (resources: Linked[], facts = FACTS) =>
  coloursAreOnBothLoadBalancers.check(resources, facts).map(({ resource, message }) => `${resource.name}: ${message}`);

describe("policies for a whole stack", () => {
  it("are these", () => {
    expect(STACK_RULES.map(({ name }) => name)).to.deep.equal([
      "colours-are-on-both-load-balancers",
      "traffic-is-protected",
      "databases-are-protected",
      "root-file-systems-are-read-only",
      "sessions-are-logged",
    ]);
  });

  it("find nothing with cutover: routed and with cutover: dns", async () => {
    expect(messages(await declared())).to.deep.equal([]);
    expect(messages(await declared("dns"), { ...FACTS, cutover: "dns" })).to.deep.equal([]);
  });

  it("report a stack that is wired for the other cutover", async () => {
    expect(messages(await declared("dns"))).to.include(
      "users-blue-instances: its target groups are on 1 load balancer(s) of the public edge: wanted 2",
    );
    expect(messages(await declared(), { ...FACTS, cutover: "dns" })).to.include(
      "users-production-at-blue: its actions name target groups of blue and green: wanted one colour",
    );
  });

  it("report a colour that is not attached on one load balancer", async () => {
    const resources = changed(await declared(), "users-green-instances", ({ links }) => ({
      links: { ...links, targetGroupArns: links.targetGroupArns!.filter(({ name }) => name !== "users-green-at-blue") },
    }));
    expect(messages(resources)).to.deep.equal([
      "users-green-instances: its target groups are on 1 load balancer(s) of the public edge: wanted 2",
    ]);
  });

  it("report the internal edge as well", async () => {
    const resources = changed(await declared(), "users-blue-instances", ({ links }) => ({
      links: {
        ...links,
        targetGroupArns: links.targetGroupArns!.filter(({ name }) => name !== "users.internal-blue-at-green"),
      },
    }));
    expect(messages(resources)).to.deep.equal([
      "users-blue-instances: its target groups are on 1 load balancer(s) of the internal edge: wanted 2",
    ]);
  });

  it("report a rule that leaves a colour out, and the group that no rule names then", async () => {
    const resources = await declared();
    for (const name of ["users-production-at-blue", "users-test-at-blue"]) {
      changed(resources, name, ({ links }) => ({
        links: { ...links, actions: links.actions!.filter((group) => group.name !== "users-green-at-blue") },
      }));
    }
    expect(messages(resources)).to.include.members([
      "users-production-at-blue: its actions name target groups of blue: wanted both colours, one with weight 0",
      "users-green-at-blue: the rules of 0 load balancers name it: wanted one",
    ]);
  });

  it("report a load balancer that may be deleted, but not in a disposable stack", async () => {
    const resources = changed(await declared(), "public-green", ({ inputs }) => ({
      inputs: { ...inputs, enableDeletionProtection: false },
    }));
    const check = (deletionProtection: boolean) =>
      trafficIsProtected.check(resources, { ...FACTS, deletionProtection }).map(({ resource }) => resource.name);
    expect(check(true)).to.deep.equal(["public-green"]);
    expect(check(false)).to.deep.equal([]);
  });
});
