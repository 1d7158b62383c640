import { z } from "zod";
import { type Operation, operation } from "../../../protocols/service";
import type { Acm } from "../model/acm";

/** ACM's operations. Times are in seconds, as in AWS's JSON protocol. */
export function acmOperations(acm: Pick<Acm, "get">): Record<string, Operation> {
  return {
    DescribeCertificate: operation({ CertificateArn: z.string() }, ({ CertificateArn }) => {
      const { arn, hostNames, status, requestedAt, issuedAt, signed, usedBy } = acm.get(CertificateArn);
      const seconds = (date: Date | null | undefined) => (date ? date.getTime() / 1000 : undefined);
      return {
        Certificate: {
          CertificateArn: arn,
          DomainName: hostNames[0],
          SubjectAlternativeNames: hostNames,
          Status: status,
          Type: "AMAZON_ISSUED",
          CreatedAt: seconds(requestedAt),
          IssuedAt: seconds(issuedAt),
          NotBefore: seconds(signed?.notBefore),
          NotAfter: seconds(signed?.notAfter),
          InUseBy: [...usedBy],
        },
      };
    }),
  };
}
