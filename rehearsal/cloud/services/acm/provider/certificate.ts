import { crc32 } from "node:zlib";
import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import type { Acm, Certificate } from "../model/acm";

/** AWS seconds for which the provider retries after `ResourceInUseException`. */
const DELETE_LIMIT_SECONDS = 1200;

export function certificateType(acm: Acm): ResourceType {
  const { context } = acm;
  return defineResource({
    token: "aws:acm/certificate:Certificate",
    awsCalls: {
      create: "acm:RequestCertificate",
      read: "acm:DescribeCertificate",
      update: "acm:UpdateCertificateOptions",
      delete: "acm:DeleteCertificate",
    },
    inputs: z.object({
      domainName: z.string(),
      subjectAlternativeNames: z.array(z.string()).optional(),
      validationMethod: z.literal("DNS"),
      keyAlgorithm: z.literal("EC_prime256v1").optional(),
      tags,
    }),
    optionalComputed: ["keyAlgorithm", "subjectAlternativeNames"],
    replaceOn: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"],
    computed: [
      "arn",
      "domainValidationOptions",
      "status",
      "type",
      "notBefore",
      "notAfter",
      "pendingRenewal",
      "renewalEligibility",
      "renewalSummaries",
      "validationEmails",
    ],
    async create({ domainName, subjectAlternativeNames = [] }) {
      const certificate = acm.request([...new Set([domainName, ...subjectAlternativeNames])]);
      return { id: certificate.arn, outputs: outputs(certificate) };
    },
    read: async (id) => outputsIf(acm.find(id), outputs),
    async update(id) {
      return outputs(acm.get(id));
    },
    async delete(id, _, { signal }) {
      const options = {
        code: "ResourceInUseException",
        limitSeconds: DELETE_LIMIT_SECONDS,
        clock: context.clock,
        signal,
      };
      await retryWhile(options, () => acm.delete(id));
    },
  });
}

function outputs(certificate: Certificate) {
  return {
    arn: certificate.arn,
    status: certificate.status,
    type: "AMAZON_ISSUED",
    domainValidationOptions: validationOptions(certificate),
    notBefore: certificate.signed?.notBefore.toISOString() ?? "",
    notAfter: certificate.signed?.notAfter.toISOString() ?? "",
    pendingRenewal: false,
    renewalEligibility: certificate.usedBy.size > 0 ? "ELIGIBLE" : "INELIGIBLE",
    renewalSummaries: [],
    validationEmails: [],
  };
}

/**
 * One option for each name, even if two names have the same record. They are in the order of the provider, which keeps
 * them as a set, by the hash of the name.
 */
function validationOptions({ hostNames, validation }: Certificate) {
  return hostNames
    .map((domainName, index) => ({
      domainName,
      resourceRecordName: validation[index]!.name,
      resourceRecordType: validation[index]!.type,
      resourceRecordValue: validation[index]!.value,
    }))
    .sort((one, other) => (hash(one.domainName) < hash(other.domainName) ? -1 : 1));
}

function hash(text: string): string {
  return String(crc32(text));
}
