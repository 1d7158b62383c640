import { ACMClient, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { expect } from "chai";
import { AwsError } from "../../../../../../rehearsal/cloud/kernel/aws-error";
import { jsonProtocol } from "../../../../../../rehearsal/cloud/protocols/json";
import { acmOperations } from "../../../../../../rehearsal/cloud/services/acm/api/acm";
import type { Acm, Certificate } from "../../../../../../rehearsal/cloud/services/acm/model/acm";
import { Scene } from "../../../api/scene";

const ARN = "arn:aws:acm:ap-northeast-1:123456789012:certificate/1";
const BEFORE = new Date("2026-11-25T09:00:00Z");
const AFTER = new Date("2027-11-25T09:00:00Z");

describe("rehearsal/cloud/services/acm/api/acm", () => {
  let scene: Scene;
  before(async () => {
    scene = new Scene();
    const certificate: Certificate = {
      arn: ARN,
      hostNames: ["example.jp", "*.example.jp"],
      status: "ISSUED",
      validation: [],
      requestedAt: BEFORE,
      issuedAt: BEFORE,
      signed: { certificate: "", privateKey: "", notBefore: BEFORE, notAfter: AFTER },
      usedBy: new Set(["listener"]),
    };
    const acm = {
      get: (arn: string) => {
        if (arn === ARN) return certificate;
        throw new AwsError("ResourceNotFoundException", `Could not find certificate ${arn}.`);
      },
    } as unknown as Acm;
    await scene.start({ acm: { protocol: jsonProtocol, operations: acmOperations(acm) } });
  });
  after(() => scene.close());

  it("describes a certificate to the SDK", async () => {
    const { Certificate } = await new ACMClient(scene.options()).send(
      new DescribeCertificateCommand({ CertificateArn: ARN }),
    );
    expect(Certificate).to.deep.include({
      DomainName: "example.jp",
      SubjectAlternativeNames: ["example.jp", "*.example.jp"],
      Status: "ISSUED",
      NotAfter: AFTER,
      InUseBy: ["listener"],
    });
  });

  it("refuses an unknown certificate", async () => {
    const asked = new ACMClient(scene.options()).send(new DescribeCertificateCommand({ CertificateArn: `${ARN}0` }));
    const error = await asked.catch((error: Error) => error);
    expect(error).to.have.property("name", "ResourceNotFoundException");
  });
});
