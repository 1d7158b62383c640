import { expect } from "chai";
import { acmTypes } from "../../../../../rehearsal/cloud/services/acm";
import { Acm } from "../../../../../rehearsal/cloud/services/acm/model/acm";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const CERTIFICATE = "aws:acm/certificate:Certificate";
const VALIDATION = "aws:acm/certificateValidation:CertificateValidation";
const ARGS = { domainName: "example.jp", subjectAlternativeNames: ["*.example.jp"], validationMethod: "DNS" };

interface ValidationOption {
  domainName: string;
  resourceRecordName: string;
  resourceRecordType: string;
  resourceRecordValue: string;
}

async function scene(speed?: number) {
  const records = new Map<string, string[]>();
  const acm = await Acm.create(silentCloud(speed), { publicRecord: (name) => records.get(name) });
  const stack = new Stack(acmTypes(acm));
  const certificate = await stack.create(CERTIFICATE, ARGS);
  const options = certificate.outputs.domainValidationOptions as ValidationOption[];
  const publish = () => records.set(options[0]!.resourceRecordName.slice(0, -1), [options[0]!.resourceRecordValue]);
  return { acm, stack, certificate, options, publish };
}

describe("rehearsal/cloud/services/acm/provider", () => {
  it("lists the same record for the domain and its wildcard (M3)", async () => {
    const { options } = await scene();
    expect(options.map((option) => option.domainName)).to.have.members(["example.jp", "*.example.jp"]);
    const [one, other] = options.map(({ domainName: _, ...record }) => record);
    expect(one).to.deep.equal(other);
    expect(one).to.include({ resourceRecordType: "CNAME" });
  });

  it("waits until the record is public (M1), and retries the deletion while a listener uses the certificate (M5)", async () => {
    const { acm, stack, certificate, options, publish } = await scene(500);
    const fqdn = options[0]!.resourceRecordName.slice(0, -1);
    setTimeout(publish, 30);
    const args = { certificateArn: certificate.outputs.arn, validationRecordFqdns: [fqdn] };
    const validation = await stack.create(VALIDATION, args);
    expect(acm.issued(certificate.id)?.hostNames).to.deep.equal(["example.jp", "*.example.jp"]);
    expect(await stack.read(certificate)).to.include({ status: "ISSUED" });
    await stack.delete(validation);
    acm.setInUse(certificate.id, "listener", true);
    setTimeout(() => acm.setInUse(certificate.id, "listener", false), 20);
    await stack.delete(certificate);
    expect(acm.exists(certificate.id)).to.equal(false);
  });

  it("fails after 75 minutes and names the missing record", async () => {
    const { stack, certificate, options } = await scene(100_000);
    const waiting = stack.create(VALIDATION, { certificateArn: certificate.outputs.arn });
    const error = await waiting.catch((reason: Error) => reason);
    const { resourceRecordName, resourceRecordValue } = options[0]!;
    expect((error as Error).message).to.match(/^waiting for ACM Certificate \(arn:.*\) to be issued: timeout while /);
    expect((error as Error).message).to.contain(`${resourceRecordName} CNAME ${resourceRecordValue}`);
  });

  it("stops waiting when the engine cancels the call", async () => {
    const { stack, certificate } = await scene(1);
    const abort = new AbortController();
    const call = { urn: "", signal: abort.signal };
    const waiting = stack.type(VALIDATION).create({ certificateArn: certificate.outputs.arn }, call);
    setTimeout(() => abort.abort(), 10);
    const error = await waiting.catch((reason: Error) => reason);
    expect((error as Error).message).to.equal(
      `gave up waiting for ACM Certificate (${certificate.id}) to be issued; it is PENDING_VALIDATION`,
    );
  });

  it("names a record that the validation does not list", async () => {
    const { stack, certificate, options } = await scene();
    const args = { certificateArn: certificate.outputs.arn, validationRecordFqdns: ["_other.example.jp"] };
    const error = await stack.create(VALIDATION, args).catch((reason: Error) => reason);
    const fqdn = options[0]!.resourceRecordName.slice(0, -1);
    expect((error as Error).message).to.equal(
      `missing example.jp DNS validation record: ${fqdn}; missing *.example.jp DNS validation record: ${fqdn}`,
    );
  });

  it("replaces a certificate for other names (M4), and refuses validation by email", async () => {
    const { stack, certificate } = await scene();
    expect(stack.replaces(certificate, { subjectAlternativeNames: [] })).to.deep.equal(["subjectAlternativeNames"]);
    expect(stack.problems(CERTIFICATE, { ...ARGS, validationMethod: "EMAIL" })).to.deep.equal([
      'validationMethod: Invalid input: expected "DNS"; given "EMAIL"',
    ]);
  });
});
