import { createHash } from "node:crypto";

export interface ValidationRecord {
  /** With the last dot, as ACM writes it. */
  name: string;
  type: "CNAME";
  value: string;
}

/** The same for a name and its wildcard (aws-rules M3), and for every certificate of the account. */
export function validationRecord(accountId: string, domainName: string): ValidationRecord {
  const domain = domainName.replace(/^\*\./, "").toLowerCase();
  const digest = createHash("sha256").update(`${accountId} ${domain}`).digest("hex");
  const letters = [...digest.slice(0, 20).matchAll(/../g)].map(
    ([pair]) => "abcdefghijklmnopqrstuvwxyz"[Number.parseInt(pair, 16) % 26],
  );
  return {
    name: `_${digest.slice(0, 32)}.${domain}.`,
    type: "CNAME",
    value: `_${digest.slice(32, 64)}.${letters.join("")}.acm-validations.aws.`,
  };
}
