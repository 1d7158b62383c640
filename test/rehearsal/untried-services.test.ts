import { expect } from "chai";
import { parseSettings } from "../../components/settings/settings";
import { streamsOf } from "../../rehearsal/traffic/streams";
import { untriedOfServices } from "../../rehearsal/untried-services";

const domain = "example.jp";

describe("rehearsal/untried-services", () => {
  const untried = (given: Record<string, object>, healthPaths: Record<string, string> = {}) => {
    const { services } = parseSettings({ domain, services: given });
    const names = Object.keys(services);
    const streams = names.some((name) => name === "users" || name in healthPaths)
      ? streamsOf({ ratePerSecond: 10, services: names, healthPaths, domain })
      : [];
    return untriedOfServices(services, streams, []);
  };

  it("names nothing of the samples, whose requests are known", () => {
    const samples = { users: { kind: "api" }, mailer: { kind: "worker", queue: true } };
    expect(untried({ ...samples, doodle: { kind: "api", sends: ["mailer"] } })).to.deep.equal([]);
  });

  it("names other requests than those that clients sent", () => {
    const test = "curl $TEST_URL";
    expect(untried({ greeter: { kind: "api" } }, { greeter: "/up" })).to.deep.equal([
      "other requests to greeter than GET /up",
    ]);
    expect(untried({ greeter: { kind: "api", test } }, { greeter: "/up" })).to.deep.equal([
      "other requests to greeter than GET /up, but for those of its test",
    ]);
  });

  it("names an api that no client asked, a worker's messages, and hosts that none asked", () => {
    const given = { users: { kind: "api" }, hello: { kind: "api" }, thumbnails: { kind: "worker", queue: true } };
    expect(untried(given)).to.deep.equal(["requests to hello", "messages to thumbnails"]);
    expect(untried({ clock: { kind: "worker" } })).to.deep.equal([]);
    const routes = [{ service: "web", host: "www.example.jp", path: "/api/*" }];
    expect(untriedOfServices({}, [], routes)).to.deep.equal(["requests to www.example.jp/api/*"]);
  });

  it("names what a service reaches outside the stack, and what it may do with services that the cloud does not have", () => {
    const iam = [
      { actions: ["dynamodb:GetItem", "s3:GetObject", "cloudwatch:PutMetricData"], resources: ["*"] },
      { actions: ["dynamodb:PutItem", "ses:SendEmail"], resources: ["*"] },
    ];
    const egress = [
      { port: 6379, cidr: "10.0.8.0/24" },
      { port: 5432, securityGroup: "sg-0123456789abcdef0" },
    ];
    expect(untried({ users: { kind: "api", egress, iam } })).to.deep.equal([
      "what users reaches by egress: 10.0.8.0/24 port 6379, sg-0123456789abcdef0 port 5432",
      "what users may do by iam with dynamodb, ses",
    ]);
  });
});
