import { assert } from "chai";
import { needsOf } from "../../../automation/doctor/needs";
import { parseSettings } from "../../../components/settings/settings";

describe("needsOf", () => {
  it("counts a deploy of everything at once, with every scaling at its maximum", () => {
    const settings = parseSettings({
      domain: "example.jp",
      network: { nat: "perZone", zones: 3 },
      services: {
        users: { kind: "api", exposure: ["public", "internal"], size: { min: 2, max: 6 } },
        doodle: { kind: "api", size: 1, instanceType: "m7g.xlarge" },
        mailer: { kind: "worker", size: 1 },
      },
    });
    assert.deepEqual(needsOf(settings), {
      rules: 4,
      targetGroups: 4,
      listeners: 2,
      loadBalancers: 4,
      // 2 x (6 x 2 + 1 x 4 + 1 x 2)
      vcpus: 36,
      addresses: 3,
    });
  });

  it("has one target group a colour and load balancer where only the records move", () => {
    const settings = parseSettings({ domain: "example.jp", cutover: "dns", services: { users: { kind: "api" } } });
    assert.deepInclude(needsOf(settings), { targetGroups: 1, loadBalancers: 2, addresses: 1 });
  });
});
