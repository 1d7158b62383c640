import { assert } from "chai";
import { cutOver, retired, warmed } from "../../automation/next-live";
import { live, release } from "./worlds";

describe("next live state", () => {
  const start = live({ active: "blue", blue: ["v1", 2], green: ["v0", 0] }, { serial: 7 });

  it("changes one thing at a time and counts the serial", () => {
    const warm = warmed(start, { users: { release: release("v2"), size: 3 } });
    assert.deepEqual(warm, live({ active: "blue", blue: ["v1", 2], green: ["v2", 3] }, { serial: 8 }));
    const flipped = cutOver(warm, ["users"]);
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

  it("leaves the given state as it was", () => {
    const before = structuredClone(start);
    cutOver(start, ["users"]);
    assert.deepEqual(start, before);
  });
});
