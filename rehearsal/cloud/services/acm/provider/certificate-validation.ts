import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { normalName } from "../../../kernel/dns-name";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Acm, Certificate } from "../model/acm";

/** AWS seconds that the provider waits for a certificate (aws-rules M1), and between its checks. */
const LIMIT_SECONDS = 75 * 60;
const POLL_SECONDS = 5;

/**
 * A resource of the provider only, without a counterpart in AWS. Its creation waits until the certificate is issued.
 */
export function certificateValidationType(acm: Acm): ResourceType {
  return defineResource({
    token: "aws:acm/certificateValidation:CertificateValidation",
    awsCalls: { create: "acm:DescribeCertificate", read: "acm:DescribeCertificate" },
    inputs: z.object({ certificateArn: z.string(), validationRecordFqdns: z.array(z.string()).optional() }),
    async create({ certificateArn, validationRecordFqdns }, { signal }) {
      const certificate = acm.get(certificateArn);
      if (validationRecordFqdns) refuseMissing(certificate, validationRecordFqdns);
      const issuedAt = await waitUntilIssued(acm, certificateArn, signal);
      return { id: issuedAt.toISOString(), outputs: {} };
    },
    async read(_id, { certificateArn }) {
      return acm.issued(String(certificateArn)) ? {} : null;
    },
    async delete() {},
  });
}

async function waitUntilIssued(acm: Acm, arn: string, signal: AbortSignal): Promise<Date> {
  for (let waited = 0; waited < LIMIT_SECONDS; waited += POLL_SECONDS) {
    const { status, issuedAt } = acm.get(arn);
    if (issuedAt) return issuedAt;
    if (status === "FAILED") {
      throw new AwsError(
        "CertificateFailed",
        `waiting for ACM Certificate (${arn}) to be issued: unexpected state 'FAILED'`,
      );
    }
    await acm.context.clock.sleep(POLL_SECONDS, signal).catch((error: unknown) => {
      throw new Error(`gave up waiting for ACM Certificate (${arn}) to be issued; it is ${status}`, { cause: error });
    });
  }
  throw new AwsError(
    "Timeout",
    `waiting for ACM Certificate (${arn}) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s). Its records have to be in the public DNS: ${acm
      .get(arn)
      .validation.map(({ name, type, value }) => `${name} ${type} ${value}`)
      .join(", ")}`,
  );
}

/** Refuses validation records that do not include every record of the certificate, as the provider does first. */
function refuseMissing({ hostNames, validation }: Certificate, fqdns: string[]): void {
  const given = new Set(fqdns.map(normalName));
  const missing = hostNames.flatMap((hostName, index) => {
    const record = normalName(validation[index]!.name);
    return given.has(record) ? [] : [`missing ${hostName} DNS validation record: ${record}`];
  });
  if (missing.length > 0) throw new AwsError("InvalidParameter", missing.join("; "));
}
