import { expect } from "chai";
import { insightsProblems, lastInsights } from "../../../components/live/container-insights";
import { infrastructureOf } from "../../../components/live/infrastructure";
import type { ServiceOutputs } from "../../../components/live/outputs";
import { parseSettings, type Settings } from "../../../components/settings/settings";

type Insights = Settings["containerInsights"];

const OWNER = { project: "aoshingo", stack: "prod" };
const settings = (containerInsights: Insights, services: object = { users: { kind: "api" } }) =>
  parseSettings({ domain: "example.jp", services, ...(containerInsights && { containerInsights }) }, OWNER);
const left = (containerInsights: Insights, services = ["users"]) => ({
  applied: { infrastructure: infrastructureOf(settings(containerInsights)) },
  services: Object.fromEntries(services.map((name) => [name, {} as ServiceOutputs])),
});

describe("container insights that are taken away", () => {
  it("are refused while the clusters have them, which would keep them (U3)", () => {
    expect(insightsProblems(settings(undefined), left("enhanced"))).to.deep.equal([
      "aoshingo:containerInsights: removed, but the stack has enhanced, which its clusters keep if no value is given, and CloudWatch goes on charging: give disabled to switch it off, or put it back.",
    ]);
  });

  it("are refused no more once they are off, nor where no cluster stays", () => {
    const stays = [
      insightsProblems(settings("disabled"), left("enabled")),
      insightsProblems(settings(undefined), left("disabled")),
      insightsProblems(settings(undefined), left(undefined)),
      insightsProblems(settings(undefined), {}),
      insightsProblems(settings(undefined, {}), left("enabled")),
      insightsProblems(settings(undefined), left("enabled", ["gone"])),
    ];
    expect(stays.flat()).to.deep.equal([]);
  });

  it("are known by the digest of what the last run applied", () => {
    const values: Insights[] = [undefined, "disabled", "enabled", "enhanced"];
    expect(values.map((value) => lastInsights(left(value)))).to.deep.equal(values);
  });
});
