import { assert } from "chai";
import { ramped } from "../../../automation/deploy/live-transitions";
import { expectedResponses } from "../../../automation/observe/expected-responses";
import { COLOURS } from "../../../components/core/colour-name";
import { type ColourSketch, live, outputsOf } from "../deploy/worlds";

function expectedFor(
  cutover: "routed" | "dns",
  sketch: { active: "blue" | "green"; blue: ColourSketch; green: ColourSketch },
  percent = 0,
) {
  const state = ramped(live(sketch), ["users"], percent);
  const outputs = outputsOf(state);
  const { users } = outputs.services;
  const expected = expectedResponses(cutover, state.services.users!, users!, outputs.edges);
  const short = (list: typeof expected.test) =>
    list.map(({ via, releases }) => `${via ?? "DNS"}: ${releases.join(" or ")}`);
  return { production: short(expected.production), test: short(expected.test) };
}

describe("expectedResponses", () => {
  const both = { active: "blue", blue: ["v1", 2], green: ["v2", 2] } as const;
  const world = { active: both.active, blue: [...both.blue] as ColourSketch, green: [...both.green] as ColourSketch };

  it("routed: both load balancers know both names", () => {
    assert.deepEqual(expectedFor("routed", world), {
      production: ["DNS: v1", "blue.elb.test: v1", "green.elb.test: v1"],
      test: ["DNS: v2", "blue.elb.test: v2", "green.elb.test: v2"],
    });
    assert.deepEqual(expectedFor("routed", { ...world, active: "green" }), {
      production: ["DNS: v2", "blue.elb.test: v2", "green.elb.test: v2"],
      test: ["DNS: v1", "blue.elb.test: v1", "green.elb.test: v1"],
    });
  });

  it("during a ramp: either release may respond to the production name, only the idle one to the test name", () => {
    assert.deepEqual(expectedFor("routed", world, 10), {
      production: ["DNS: v1 or v2", "blue.elb.test: v1 or v2", "green.elb.test: v1 or v2"],
      test: ["DNS: v2", "blue.elb.test: v2", "green.elb.test: v2"],
    });
  });

  it("during a ramp to another image of the same name: has the name once", () => {
    assert.deepEqual(expectedFor("routed", { ...world, green: ["v1", 2] }, 10).production[0], "DNS: v1");
  });

  it("dns: a load balancer knows only its own colour", () => {
    assert.deepEqual(expectedFor("dns", world), {
      production: ["DNS: v1", "blue.elb.test: v1"],
      test: ["DNS: v2", "green.elb.test: v2"],
    });
  });

  it("asks by the protocol that the service speaks", () => {
    const state = live(world);
    const { services, edges } = outputsOf(state);
    const asked = (protocol?: "grpc") => {
      const users = { ...services.users!, ...(protocol ? { protocol } : {}) };
      const { production, test } = expectedResponses("routed", state.services.users!, users, edges);
      return new Set([...production, ...test].map((one) => one.protocol));
    };
    assert.deepEqual([...asked("grpc")], ["grpc"]);
    assert.deepEqual([...asked()], [undefined]);
  });

  it("asks each colour for the path that its release was deployed with", () => {
    const state = live(world);
    const { services, edges } = outputsOf(state);
    const asked = (own: { blue?: string; green?: string }, idleShare?: number) => {
      const users = structuredClone(services.users!);
      for (const colour of COLOURS) if (own[colour]) users.colours[colour].healthCheckPath = own[colour];
      const service = { ...state.services.users!, ...(idleShare === undefined ? {} : { idleShare }) };
      const { production, test } = expectedResponses("routed", service, users, edges);
      return [production, test].map((all) => [...new Set(all.map(({ url }) => new URL(url).pathname))]);
    };
    assert.deepEqual(asked({ blue: "/old", green: "/new" }), [["/old"], ["/new"]]);
    // Outputs of older programs.
    assert.deepEqual(asked({}), [["/healthz"], ["/healthz"]]);
    // During a ramp either release may get a request, and there is no path that both need to have.
    assert.deepEqual(asked({ blue: "/old", green: "/new" }, 10), [[], ["/new"]]);
    assert.deepEqual(asked({ blue: "/old", green: "/old" }, 10), [["/old"], ["/old"]]);
  });

  it("expects nothing on the internal edge: the deploy runs outside the network", () => {
    const state = live(world);
    const internal = { kind: "api", exposure: ["internal"], queue: null, migrate: undefined } as const;
    const { services, edges } = outputsOf(state, { users: internal });
    assert.deepEqual(expectedResponses("routed", state.services.users!, services.users!, edges), {
      production: [],
      test: [],
    });
  });

  it("expects nothing of a colour without instances or release", () => {
    assert.deepEqual(expectedFor("routed", { ...world, green: ["v2", 0] }).test, []);
    assert.deepEqual(expectedFor("routed", { active: "green", blue: null, green: null }), { production: [], test: [] });
  });
});
