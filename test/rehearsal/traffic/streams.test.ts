import { expect } from "chai";
import fc from "fast-check";
import { InFlightRequest, type RequestPlan } from "../../../rehearsal/traffic/in-flight-request";
import { Schedule } from "../../../rehearsal/traffic/schedule";
import { requestsOf, streamsOf } from "../../../rehearsal/traffic/streams";
import { CLIENT_CLASSES } from "../../../rehearsal/traffic/types";

const domain = "example.test";
const startup = ["users", "doodle", "mailer"];
const rates = (ratePerSecond: number, services: string[]) =>
  Object.fromEntries(
    streamsOf({ ratePerSecond, services, domain }).map(({ name, ratePerSecond: rate }) => [name, Math.floor(rate)]),
  );

describe("streams", () => {
  it("share the rate", () => {
    expect(rates(1000, ["users"])).to.deep.equal({ honest: 333, sticky: 333, keepAlive: 333 });
    expect(rates(1000, ["users", "mailer"])).to.deep.equal({ honest: 333, sticky: 333, keepAlive: 333 });
    expect(rates(1000, startup)).to.deep.equal({ honest: 233, sticky: 233, keepAlive: 233, internal: 300 });
    expect(rates(120, startup)).to.deep.equal({ honest: 28, sticky: 28, keepAlive: 28, internal: 36 });
  });

  it("have some with HTTP/2, slow answers and uploads in a whole rehearsal, and most for the usual classes", () => {
    const more = { deregistrationDelaySeconds: 30, speed: 20 };
    const streams = streamsOf({ ratePerSecond: 1000, services: startup, domain, more });
    expect(streams.map(({ name, ratePerSecond }) => `${name} ${Math.floor(ratePerSecond)}`)).to.deep.equal([
      ...["honest 215", "sticky 215", "keepAlive 215", "internal 300"],
      ...["http2 50", "short 2", "long 2", "upload 0"],
    ]);
    expect(streams.reduce((sum, stream) => sum + stream.ratePerSecond, 0)).to.be.closeTo(1000, 1e-6);
    // Half and one and a half of 30 s at 20 : 1.
    expect(streams.slice(-3).map(({ lastsMs, uploadBytes }) => [lastsMs, uploadBytes])).to.deep.equal([
      [750, 0],
      [2250, 0],
      [0, 10_000_000],
    ]);
    const few = streamsOf({ ratePerSecond: 10, services: ["users"], domain, more });
    for (const { ratePerSecond } of few) expect(ratePerSecond).to.be.at.least(0.2);
    const own = streamsOf({ ratePerSecond: 100, services: ["a"], healthPaths: { a: "/up" }, domain, more });
    expect(own.map(({ name, ratePerSecond }) => `${name} ${Math.round(ratePerSecond)}`)).to.deep.equal([
      ...["honest 32", "sticky 32", "keepAlive 32", "http2 5"],
    ]);
  });

  it("speak what the service speaks, all classes alike", () => {
    const more = { deregistrationDelaySeconds: 30, speed: 20 };
    const healthPaths = { a: "/grpc.health.v1.Health/Check" };
    const hostRequests = [{ service: "b", host: "b.example.jp", path: "/up" }];
    const asked = { healthPaths, protocols: { a: "grpc", b: "http2" } as const, hostRequests };
    const streams = streamsOf({ ratePerSecond: 100, services: ["a", "b"], ...asked, domain, more });
    expect(streams.map(({ name, protocol }) => `${name} ${protocol}`)).to.deep.equal([
      ...["honest grpc", "sticky grpc", "keepAlive grpc", "b hosts http2"],
    ]);
  });

  it("leave enough for each at any rate of 1,000 or more, and lose nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 5_000, noNaN: true }), fc.boolean(), (ratePerSecond, alone) => {
        const streams = streamsOf({ ratePerSecond, services: alone ? ["users"] : startup, domain });
        expect(streams.reduce((sum, stream) => sum + stream.ratePerSecond, 0)).to.be.closeTo(ratePerSecond, 1e-6);
        if (ratePerSecond < 1000) return;
        for (const { name, ratePerSecond: rate } of streams)
          expect(rate).to.be.at.least(name === "internal" ? 300 : 200);
      }),
    );
  });

  it("go to the public name of the service that answers", () => {
    const streams = streamsOf({ ratePerSecond: 10, services: startup, domain });
    expect(streams.map(({ name, hostName, getPath }) => `${name} ${hostName}${getPath}`)).to.deep.equal([
      "honest users.example.test/users?limit=1",
      "sticky users.example.test/users?limit=1",
      "keepAlive users.example.test/users?limit=1",
      "internal doodle.example.test/polls?limit=1",
    ]);
  });

  it("go to services of one's own where the core is not among them, as GETs of their health paths", () => {
    const healthPaths = { doodle: "/healthz", hello: "/up", other: "/" };
    const streams = streamsOf({ ratePerSecond: 30, services: ["mailer", "hello", "other"], healthPaths, domain });
    expect(streams.map(({ name, hostName, ratePerSecond }) => `${name} ${hostName} ${ratePerSecond}`)).to.deep.equal([
      ...CLIENT_CLASSES.map((name) => `${name} hello.example.test 7`),
      "other requests other.example.test 9",
    ]);
    const schedule = new Schedule({ streams, seed: 4 }, 1_000_000);
    const plans = Array.from({ length: 200 }, () => schedule.next().plan);
    expect(new Set(plans.map(({ method, stream }) => `${method} ${stream.getPath}`))).to.deep.equal(
      new Set(["GET /up", "GET /"]),
    );
    for (const services of [["doodle"], ["mailer"]])
      expect(() => streamsOf({ ratePerSecond: 10, services, healthPaths, domain })).to.throw(
        `services given: ${services.join()}; wanted users among them, or a public api of your own`,
      );
  });

  it("ask in turn for the probes of services of one's own, which may answer anything but a 5xx", () => {
    const probes = { hello: ["/", "/up"], other: [] };
    const asked = { healthPaths: { hello: "/up", other: "/healthz" }, probes };
    const streams = streamsOf({ ratePerSecond: 30, services: ["hello", "other"], ...asked, domain });
    expect(requestsOf("hello", streams)).to.deep.equal(["GET /up", "GET /"]);
    expect(requestsOf("other", streams)).to.deep.equal(["GET /healthz"]);
    const schedule = new Schedule({ streams, seed: 4 }, 1_000_000);
    const plans = Array.from({ length: 400 }, () => schedule.next().plan).filter(
      ({ stream }) => stream.name === "sticky",
    );
    const requests = plans.map((plan) => new InFlightRequest(plan, () => {}).httpRequest.path);
    const share = requests.filter((path) => path === "/").length / requests.length;
    expect([new Set(requests), share > 0.4 && share < 0.6]).to.deep.equal([new Set(["/up", "/"]), true]);
    const statuses = [200, 302, 404, 500];
    const errorsOf = (plan: RequestPlan) =>
      statuses.map((status) => {
        let error = "none";
        new InFlightRequest(plan, (_, end) => (error = end.error)).answered(status, { release: "1", service: "hello" });
        return error;
      });
    expect(errorsOf(plans.find(({ probePath }) => probePath === "/")!)).to.deep.equal(["", "", "", "500"]);
    expect(errorsOf(plans.find(({ probePath }) => probePath === undefined)!)).to.deep.equal(["", "302", "404", "500"]);
  });

  it("name what is called of a service of gRPC", () => {
    const asked = { healthPaths: { a: "/grpc.health.v1.Health/Check" }, protocols: { a: "grpc" } as const };
    const streams = streamsOf({ ratePerSecond: 10, services: ["a"], ...asked, domain });
    expect(requestsOf("a", streams)).to.deep.equal(["call /grpc.health.v1.Health/Check"]);
  });
});
