import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import type { FaultRequest } from "../../rehearsal/cloud/kernel/fault-kinds";
import type { FaultStatus } from "../../rehearsal/cloud/kernel/faults";
import { errorsAfter } from "../../rehearsal/errors-after";

describe("errorsAfter", () => {
  const ended = (step: "warm" | "cutover", ok = true): DeployEvent => ({
    type: "stepEnded",
    atMs: 0,
    step,
    ok,
    detail: "",
  });

  it("spoils the new releases once, from the first cutover that went well", async () => {
    const asked: FaultRequest[] = [];
    const faults = {
      add: async (request: FaultRequest) => {
        asked.push(request);
        return {} as FaultStatus;
      },
    };
    const spoil = errorsAfter(faults, [
      { service: "users", name: "v2" },
      { service: "doodle", name: "v7" },
    ]);
    for (const event of [ended("warm"), ended("cutover", false)]) await spoil(event);
    expect(asked).to.deep.equal([]);
    // The second one is the way back.
    for (const event of [ended("cutover"), ended("cutover")]) await spoil(event);
    const fault = { kind: "errorsAfter", share: 0.05, afterSeconds: 10, since: "now" };
    expect(asked).to.deep.equal([
      { ...fault, service: "users", release: "v2" },
      { ...fault, service: "doodle", release: "v7" },
    ]);
  });
});
