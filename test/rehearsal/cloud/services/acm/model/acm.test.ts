import { expect } from "chai";
import { Acm } from "../../../../../../rehearsal/cloud/services/acm/model/acm";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

/** ACM looks every 10 seconds; this is long enough for a look and the signature. */
const LOOK_SECONDS = 40;

async function scene() {
  const records = new Map<string, string[]>();
  const acm = await Acm.create(silentCloud(200), {
    publicRecord: (name, type) => (type === "CNAME" ? records.get(name) : undefined),
  });
  return { acm, records };
}

describe("rehearsal/cloud/services/acm/model/acm", () => {
  it("uses the same validation record for a domain, its wildcard and every certificate for them (M3)", async () => {
    const { acm } = await scene();
    const [apex, wildcard] = acm.request(["example.jp", "*.example.jp"]).validation;
    expect(wildcard).to.deep.equal(apex);
    expect(acm.request(["example.jp"]).validation[0]).to.deep.equal(apex);
    expect(acm.request(["example.com"]).validation[0]!.value).not.to.equal(apex!.value);
    expect(apex!.name).to.match(/^_[0-9a-f]{32}\.example\.jp\.$/);
    expect(apex!.value).to.match(/^_[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$/);
  });

  it("issues a certificate when the record with the right value is public (M1)", async () => {
    const { acm, records } = await scene();
    const certificate = acm.request(["example.jp", "*.example.jp"]);
    const { name, value } = certificate.validation[0]!;
    records.set(name.slice(0, -1), ["_wrong.acm-validations.aws"]);
    await acm.context.clock.sleep(LOOK_SECONDS);
    expect([certificate.status, acm.issued(certificate.arn), acm.exists(certificate.arn)]).to.deep.equal([
      "PENDING_VALIDATION",
      undefined,
      true,
    ]);
    records.set(name.slice(0, -1), [value.slice(0, -1)]);
    // mocha's time limit ends this: to sign takes as long as the machine is busy.
    while (certificate.status === "PENDING_VALIDATION") await acm.context.clock.sleep(LOOK_SECONDS);
    expect(certificate.status).to.equal("ISSUED");
    expect(acm.issued(certificate.arn)?.hostNames).to.deep.equal(["example.jp", "*.example.jp"]);
    expect(acm.issued(certificate.arn)?.privateKey).to.match(/^-----BEGIN PRIVATE KEY-----/);
    expect(acm.authority).to.match(/^-----BEGIN CERTIFICATE-----/);
  });

  it("refuses to delete a certificate that is in use (M5)", async () => {
    const { acm } = await scene();
    const { arn } = acm.request(["example.jp"]);
    acm.setInUse(arn, "listener", true);
    expect(refusal(() => acm.delete(arn))).to.equal(
      `ResourceInUseException: Certificate ${arn} in account 123456789012 is in use.`,
    );
    acm.setInUse(arn, "listener", false);
    expect(refusal(() => acm.delete(arn))).to.equal("accepted");
    expect(refusal(() => acm.delete(arn))).to.equal(`ResourceNotFoundException: Could not find certificate ${arn}.`);
  });

  for (const [title, names, code] of [
    ["a first name of 65 characters", [`${"a".repeat(62)}.jp`], "ValidationException"],
    ["another name of 65 characters", ["example.jp", `${"a".repeat(62)}.jp`], "accepted"],
    ["11 names", Array.from({ length: 11 }, (_, index) => `${index}.jp`), "LimitExceededException"],
  ] as const) {
    it(`refuses ${title}: ${code} (M4)`, async () => {
      const { acm } = await scene();
      expect(refusal(() => acm.request([...names])).split(":")[0]).to.equal(code);
    });
  }
});
