import { expect } from "chai";
import { changedInfrastructure, infrastructureOf } from "../../../components/live/infrastructure";
import { parseSettings } from "../../../components/settings/settings";

const of = (services: object, more: object = {}) =>
  infrastructureOf(parseSettings({ domain: "example.jp", services, ...more }));
const users = { kind: "api" };
const before = of({ users });
const changed = (services: object, more?: object) => changedInfrastructure(before, of(services, more));

describe("components/live/infrastructure", () => {
  it("is the same where only releases, sizes or the deploy itself differ", () => {
    const release = {
      ...{ env: { A: "b" }, memory: 512, secrets: { T: "ssm:/t" }, instanceType: "t3.medium", iam: [] },
      healthCheck: { path: "/up" },
    };
    const size = { min: 2, max: 6, schedule: [{ from: "08:00", to: "20:00", min: 4 }] };
    expect(
      changed({ users: { ...users, ...release, size, test: "true" } }, { deploy: { drainSeconds: 1 } }),
    ).to.deep.equal([]);
  });

  const table: [object, object, string[]][] = [
    [{ users: { ...users, hosts: ["example.jp"] } }, {}, ["services.users.hosts"]],
    [{ users: { ...users, streams: { within: "1m" } } }, {}, ["services.users.streams"]],
    [{ users: { ...users, healthCheck: { path: "/up", healthyCount: 3 } } }, {}, ["services.users.healthCheck"]],
    [{ users }, { network: { flowLogs: "all" } }, ["network"]],
    [
      { users },
      { testHeader: { name: "x-a", value: "ssm:/k" }, furtherDomains: ["b.jp"] },
      ["furtherDomains", "testHeader"],
    ],
  ];
  for (const [services, more, paths] of table)
    it(`tells of ${paths.join(" and ")}`, () => expect(changed(services, more)).to.include.members(paths));

  const notify = [
    { sns: "arn:aws:sns:ap-northeast-1:123456789012:deploys" },
    { webhook: "secretsmanager:prod/webhook" },
    { slack: "ssm:/prod/slack" },
  ];
  for (const one of notify)
    it(`tells of a place for notifications that CI's role needs rights for: ${JSON.stringify(one)}`, () => {
      expect(changed({ users }, { notify: [one] })).to.deep.equal(["notify"]);
    });

  it("tells nothing of those that it needs none for", () => {
    const free = [{ webhook: "env:HOOK" }, { slack: "env:SLACK" }, { githubDeployment: "example/shop" }];
    expect(changed({ users }, { notify: free })).to.deep.equal([]);
  });

  it("holds no value", () => {
    expect(JSON.stringify(of({ users: { ...users, hosts: ["www.example.jp"] } }))).to.not.include("example.jp");
  });
});
