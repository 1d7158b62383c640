import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { findZones, zonesOfLastRun } from "../../../components/edge/find-zones";
import type { LastOutputs } from "../../../components/live/program-outputs";
import { failureOf } from "../../failure-of";

describe("findZones", () => {
  before(() =>
    pulumi.runtime.setMocks({
      newResource: ({ name }) => ({ id: name, state: {} }),
      call: ({ inputs: { name } }) => {
        const details = `no matching Route 53 Hosted Zone found for ${name}`;
        if (name.includes("denied")) {
          const denied = "AccessDenied: not authorized to perform: route53:GetHostedZone";
          throw Object.assign(new Error(denied), { details: denied });
        }
        if (name.includes("missing")) throw Object.assign(new Error(details), { details });
        return { zoneId: `Z-${name}` };
      },
    }),
  );

  it("returns the zone of each domain", async () => {
    expect(await findZones({ domain: "example.jp", furtherDomains: ["example.com"] })).to.deep.equal({
      "example.jp": "Z-example.jp",
      "example.com": "Z-example.com",
    });
  });

  it("does not ask for another name where the zone may not be looked up, and names the rights", async () => {
    const refused = await failureOf(findZones({ domain: "example.jp", furtherDomains: ["denied.com"] }));
    expect(refused.message).to.equal(
      "aoshingo:furtherDomains.0: given denied.com, whose hosted zone may not be looked up (AccessDenied: not authorized to perform: route53:GetHostedZone), wanted the rights route53:ListHostedZones, route53:GetHostedZone and route53:ListTagsForResource; CI's role for previews gets them, for every zone, by `pulumi up`",
    );
  });

  it("does not look up those that the last run had records in", async () => {
    const settings = { domain: "missing.jp", furtherDomains: ["missing.com", "example.com"] };
    const last = {
      services: { users: { exposures: { public: { zoneId: "Z1" } } }, mailer: { exposures: {} } },
      hostRecords: [{ host: "www.missing.com", zoneId: "Z2", service: "users" }],
    } as unknown as LastOutputs;
    expect(await findZones(settings, zonesOfLastRun(settings, last))).to.deep.equal({
      ...{ "missing.jp": "Z1", "missing.com": "Z2", "example.com": "Z-example.com" },
    });
    const found = { "missing.jp": "Z1", "missing.com": "Z2", "example.com": "Z3" };
    expect(zonesOfLastRun(settings, { ...last, zoneIds: found })).to.equal(found);
  });

  it("says of each domain that has none where it is in the settings", async () => {
    const refused = await failureOf(
      findZones({ domain: "missing.jp", furtherDomains: ["example.com", "missing.com"] }),
    );
    const line = (path: string, name: string) =>
      `aoshingo:${path}: given ${name}, wanted a domain with one public hosted zone in Route 53 (no matching Route 53 Hosted Zone found for ${name}): correct the name, or create the zone as docs/quick-start.md says`;
    expect(refused.message.split("\n").sort()).to.deep.equal([
      line("domain", "missing.jp"),
      line("furtherDomains.1", "missing.com"),
    ]);
  });
});
