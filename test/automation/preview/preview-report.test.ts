import { assert } from "chai";
import type { Change, Operation } from "../../../automation/preview/change";
import { costLines } from "../../../automation/preview/costs";
import { type PreviewFacts, previewReport } from "../../../automation/preview/preview-report";
import { parseSettings, type Settings } from "../../../components/settings/settings";
import { live, outputsOf, together } from "../deploy/worlds";
import { TYPES } from "./steps";

const BLOCKS = {
  users: { kind: "api", size: 2 },
  doodle: { kind: "api", size: 1, port: 3000 },
};

const settingsOf = (services: Record<string, unknown>): Settings => parseSettings({ domain: "example.jp", services });

const state = together(
  live({ active: "blue", blue: ["v1", 2], green: null }),
  live({ active: "green", blue: ["v6", 0], green: ["v7", 1] }, { service: "doodle" }),
);

function change(operation: Operation, type: string, name: string, service: string | null, paths = {}): Change {
  const properties = Object.entries<[unknown, unknown]>(paths).map(([path, [from, to]]) => ({
    path,
    from,
    to,
    replaces: false,
  }));
  return { operation, urn: name, type, name, service, properties };
}

function report(facts: Partial<PreviewFacts> = {}) {
  return previewReport({
    stack: "prod",
    settings: settingsOf(BLOCKS),
    outputs: outputsOf(state),
    changes: [],
    nextRelease: [],
    ...facts,
  });
}

const without = ({ doodle: _, ...rest }: typeof BLOCKS) => settingsOf(rest);

describe("previewReport", () => {
  it("says that nothing changes", () => {
    const { summary, warnings, services, costs, breaksTraffic } = report();
    assert.equal(summary, "Merging this to prod changes no resource.");
    assert.deepEqual(
      { warnings, services, costs, breaksTraffic },
      { warnings: [], services: [], costs: [], breaksTraffic: false },
    );
  });

  it("describes an added service and its costs", () => {
    const settings = settingsOf({ ...BLOCKS, voting: { kind: "api", size: { min: 1, max: 3 } } });
    const changes = [
      change("create", TYPES.rule, "voting-test-at-blue", "voting"),
      change("create", TYPES.record, "voting-record", "voting"),
    ];
    const { summary, warnings, services, costs } = report({ settings, changes });
    assert.equal(summary, "Merging this to prod adds the api voting and changes 2 resources (2 to create).");
    assert.deepEqual(warnings, []);
    assert.deepEqual(services, [
      { service: "voting", state: "added", counts: { create: 2, update: 0, replace: 0, delete: 0 }, nextRelease: [] },
    ]);
    assert.deepEqual(costs, ["voting: 1 to 3 x t3.small from its first release on"]);
  });

  it("warns about a removed service, which alone breaks no traffic of the others", () => {
    const changes = [
      change("delete", TYPES.record, "doodle-production-record", "doodle"),
      change("delete", TYPES.rule, "doodle-production-at-blue", "doodle"),
      change("delete", TYPES.rule, "doodle-test-at-blue", "doodle"),
      change("delete", TYPES.template, "doodle-blue-instance", "doodle"),
    ];
    const { warnings, summary, costs, breaksTraffic } = report({ settings: without(BLOCKS), changes });
    assert.deepEqual(warnings, [
      "Removes the service doodle and what carries its traffic: 1 record, 2 rules. Requests to it fail from then on.",
    ]);
    assert.equal(summary, "Merging this to prod removes doodle and changes 4 resources (4 to delete).");
    assert.deepEqual(costs, ["doodle: 1 instance removed"]);
    assert.isFalse(breaksTraffic);
  });

  it("does not warn about the rule of a host that passes to another service, but about one that none gets", () => {
    const passing = ["blue", "green"].flatMap((side) => [
      change("create", TYPES.rule, `doodle-example.jp/api/*-at-${side}`, "doodle"),
      change("delete", TYPES.rule, `users-example.jp/api/*-at-${side}`, "users"),
    ]);
    const { warnings, breaksTraffic } = report({ changes: passing });
    assert.deepEqual({ warnings, breaksTraffic }, { warnings: [], breaksTraffic: false });
    // Each service has rules of these names, which lead nowhere else.
    const changes = [
      ...passing,
      change("delete", TYPES.rule, "users-www.example.jp-at-blue", "users"),
      change("create", TYPES.rule, "doodle-production-at-blue", "doodle"),
      change("delete", TYPES.rule, "users-production-at-blue", "users"),
    ];
    assert.deepEqual(report({ changes }).warnings, [
      "Deletes what carries traffic: 2 rules (users-www.example.jp-at-blue, users-production-at-blue). Requests fail from then on.",
    ]);
  });

  it("does not warn about rules whose requests are answered all the same: a tester's, and a path's whose service gets the whole host", () => {
    const changes = ["blue", "green"].flatMap((side) => [
      change("delete", TYPES.rule, `users-production-for-testers-at-${side}`, "users"),
      change("delete", TYPES.rule, `users-example.jp/api/*-for-testers-at-${side}`, "users"),
      change("delete", TYPES.rule, `users-example.jp/api/*-at-${side}`, "users"),
      change("delete", TYPES.rule, `users-example.jp/api-at-${side}`, "users"),
      change("create", TYPES.rule, `users-example.jp-at-${side}`, "users"),
    ]);
    const { warnings, breaksTraffic } = report({ changes });
    assert.deepEqual({ warnings, breaksTraffic }, { warnings: [], breaksTraffic: false });
    const halves = changes.filter(({ operation, name }) => operation === "delete" || name.endsWith("blue"));
    assert.deepEqual(report({ changes: halves }).warnings, [
      "Deletes what carries traffic: 2 rules (users-example.jp/api/*-at-green, users-example.jp/api-at-green). Requests fail from then on.",
    ]);
  });

  it("warns about replacements first, then about deletions, of resources that carry traffic", () => {
    const rules = ["a", "b", "c", "d", "e"].map((name) => change("replace", TYPES.rule, name, "users"));
    const changes = [
      change("replace", TYPES.balancer, "public-blue", null),
      ...rules,
      change("delete", TYPES.record, "users-test-record", "users"),
      change("replace", TYPES.template, "users-blue-instance", "users"),
    ];
    const { warnings, breaksTraffic } = report({ changes });
    assert.deepEqual(warnings, [
      "Replaces what carries traffic: 1 load balancer (public-blue), 5 rules (a, b, c, d and 1 more). Requests fail meanwhile.",
      "Deletes what carries traffic: 1 record (users-test-record). Requests fail from then on.",
    ]);
    assert.isTrue(breaksTraffic);
  });

  it("describes the changes of a service's next release", () => {
    const paths = { "containerDefinitions[doodle].portMappings[0].containerPort": [3000, 4000] };
    const { summary, services } = report({
      nextRelease: [change("replace", TYPES.task, "doodle-green-task", "doodle", paths)],
    });
    assert.equal(
      summary,
      "Merging this to prod changes no resource; doodle gets port 3000 -> 4000 with its next release.",
    );
    assert.deepEqual(
      services.map(({ service, nextRelease }) => [service, nextRelease]),
      [["doodle", ["port 3000 -> 4000"]]],
    );
  });

  it("works for a stack without infrastructure", () => {
    const changes = [change("create", TYPES.balancer, "public-blue", null)];
    const { summary, costs } = report({ outputs: null, changes });
    assert.equal(
      summary,
      "Merging this to prod adds the api users, the api doodle and changes 1 resource (1 to create).",
    );
    assert.deepEqual(costs, [
      "1 load balancer added: public-blue",
      "users: 2 x t3.small from its first release on",
      "doodle: 1 x t3.small from its first release on",
    ]);
  });
});

describe("costLines", () => {
  const facts = { outputs: outputsOf(state), changes: [], nextRelease: [] };

  it("lists an increase of instances, but no decrease: a deploy keeps all that run", () => {
    const settings = settingsOf({ users: { kind: "api", size: 3 }, doodle: { kind: "api", size: 1 } });
    assert.deepEqual(costLines({ ...facts, settings }), ["users: 2 -> 3 instances with its next release"]);
    const fewer = settingsOf({ users: { kind: "api", size: 1 }, doodle: { kind: "api", size: 1 } });
    assert.deepEqual(costLines({ ...facts, settings: fewer }), []);
  });

  it("lists no instances of a job, which has none", () => {
    const settings = settingsOf({ ...BLOCKS, report: { kind: "job", schedule: "rate(1 hour)" } });
    assert.deepEqual(costLines({ ...facts, settings }), []);
    const withJob = together(state, live({ active: "blue", blue: ["v1", 1], green: null }, { service: "report" }));
    const outputs = outputsOf(withJob, { report: { kind: "job", exposure: [], queue: null, migrate: undefined } });
    assert.deepEqual(costLines({ ...facts, outputs, settings }), []);
    assert.deepEqual(costLines({ ...facts, outputs, settings: settingsOf(BLOCKS) }), []);
  });

  it("lists NAT gateways, load balancers and instance types", () => {
    const changes = [
      change("create", "aws:ec2/natGateway:NatGateway", "network-2", null),
      change("delete", TYPES.balancer, "alb-internal-blue", null),
      change("delete", TYPES.balancer, "alb-internal-green", null),
      change("update", TYPES.group, "users-blue-instances", "users", { maxSize: [4, 8] }),
    ];
    const nextRelease = [
      change("update", TYPES.template, "users-blue-instance", "users", { instanceType: ["t3.small", "t3.large"] }),
    ];
    assert.deepEqual(costLines({ settings: settingsOf(BLOCKS), outputs: outputsOf(state), changes, nextRelease }), [
      "2 load balancers removed: alb-internal-blue, alb-internal-green",
      "1 NAT gateway added: network-2",
      "users: at most 4 -> 8 instances",
      "users: t3.small -> t3.large with its next release",
    ]);
  });
});
