import { expect } from "chai";
import { LostNodes } from "../../../../../../rehearsal/cloud/faults/node-faults";
import {
  type ConfigurationSources,
  configurationOf,
} from "../../../../../../rehearsal/cloud/services/elb/model/configuration";
import { ElbState, type LoadBalancerState } from "../../../../../../rehearsal/cloud/services/elb/model/state";
import { silentCloud } from "../../../silent-cloud";

describe("rehearsal/cloud/services/elb/model/configuration", () => {
  const named = (name: string, internal: boolean) =>
    ({ arn: name, name, internal, nodes: [], settings: {} }) as unknown as LoadBalancerState;

  /** The share of the spread that each load balancer takes, by name. */
  function sharesOf(...loadBalancers: LoadBalancerState[]): Record<string, number | undefined> {
    const state = new ElbState();
    for (const one of loadBalancers) state.loadBalancers.set(one.arn, one);
    const sources = { state, lostNodes: new LostNodes(silentCloud()), publicShare: 0.25 } as ConfigurationSources;
    return Object.fromEntries(loadBalancers.map((one) => [one.name, configurationOf(one, sources).spreadShare]));
  }

  it("lets internal load balancers, which no deploy can ask, follow changes last (E24)", () => {
    expect(sharesOf(named("public", false))).to.deep.equal({ public: 1 });
    expect(sharesOf(named("public", false), named("internal", true))).to.deep.equal({ public: 0.25, internal: 1 });
  });
});
