import { assert } from "chai";
import { ramped, retired, routed, warmed } from "../../../automation/deploy/live-transitions";
import { live, release, together } from "./worlds";

describe("next live state", () => {
  const start = live({ active: "blue", blue: ["v1", 2], green: ["v0", 0] }, { serial: 7 });

  it("changes one thing at a time and counts the serial", () => {
    const warm = warmed(start, { users: { release: release("v2"), size: 3 } });
    assert.deepEqual(warm, live({ active: "blue", blue: ["v1", 2], green: ["v2", 3] }, { serial: 8 }));
    const flipped = routed(warm, { users: release("v2") }, ["users"]);
    assert.deepEqual(flipped, live({ active: "green", blue: ["v1", 2], green: ["v2", 3] }, { serial: 9 }));
    assert.deepEqual(
      retired(flipped, ["users"]),
      live({ active: "green", blue: ["v1", 0], green: ["v2", 3] }, { serial: 10 }),
    );
  });

  it("takes a size that followed the load back to what is asked for", () => {
    const flipped = live({ active: "green", blue: ["v1", 2], green: ["v2", 6] }, { serial: 9 });
    assert.deepEqual(
      retired(flipped, ["users"], { users: 2 }),
      live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }, { serial: 10 }),
    );
  });

  describe("in a ramp", () => {
    const warm = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }, { serial: 7 });
    const doodle = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }, { service: "doodle", serial: 7 });
    const shares = ({ services }: typeof warm) =>
      Object.fromEntries(Object.entries(services).map(([name, { idleShare }]) => [name, idleShare]));

    it("gives the idle colour a share, and nothing else", () => {
      const tenth = ramped(warm, ["users"], 10);
      assert.deepEqual(tenth, { serial: 8, services: { users: { ...warm.services.users!, idleShare: 10 } } });
      assert.deepEqual(ramped(tenth, ["users"], 50), {
        serial: 9,
        services: { users: { ...warm.services.users!, idleShare: 50 } },
      });
    });

    it("has no share left behind when it is taken back to 0", () => {
      assert.deepEqual(ramped(ramped(warm, ["users"], 10), ["users"], 0), { ...warm, serial: 9 });
    });

    it("ends with the cutover", () => {
      assert.deepEqual(
        routed(ramped(warm, ["users"], 50), { users: release("v2") }, ["users"]),
        live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }, { serial: 9 }),
      );
    });

    it("keeps the shares of services that are not meant", () => {
      const ramping = ramped(together(warm, doodle), ["users", "doodle"], 10);
      assert.deepEqual(shares(ramped(ramping, ["doodle"], 50)), { users: 10, doodle: 50 });
      assert.deepEqual(shares(routed(ramping, { doodle: release("v2", "doodle") }, ["doodle"])), {
        users: 10,
        doodle: undefined,
      });
      const onlyUsers = ramped(together(warm, doodle), ["users"], 10);
      assert.deepEqual(shares(warmed(onlyUsers, { doodle: { release: release("v3", "doodle"), size: 1 } })), {
        users: 10,
        doodle: undefined,
      });
      assert.deepEqual(shares(retired(onlyUsers, ["doodle"])), { users: 10, doodle: undefined });
    });
  });

  it("leaves the given state as it was", () => {
    const before = structuredClone(start);
    routed(start, { users: release("v0") }, ["users"]);
    ramped(start, ["users"], 10);
    assert.deepEqual(start, before);
  });
});
