import type { CertificateState } from "../../ports/account";
import type { ExportedState } from "../../stack/exported-state";
import { type Check, type Finding, ok, todo, Unseen } from "../check";

const DAY_MS = 86_400_000;
/** ACM begins to renew 60 days before the end, and warns from 45 on. */
const SOON_DAYS = 45;
const CERTIFICATE = "aws:acm/certificate:Certificate";

interface Declared {
  arn: string;
  names: string[];
}

/** The certificates of the edges are issued, cover the names, and do not run out. */
export const certificate: Check = {
  name: "certificate",
  async look({ state, account, nowMs }) {
    const exported = await state().catch(() => {
      throw new Unseen("needs the stack's state (see Pulumi state)");
    });
    const declared = certificatesIn(exported);
    if (declared.length === 0) return [todo("the stack has none yet", "bring the infrastructure up with `pulumi up`")];
    return Promise.all(declared.map(async (one) => judgeCertificate(one, await account.certificate(one.arn), nowMs)));
  },
};

function certificatesIn({ deployment }: ExportedState): Declared[] {
  return (deployment?.resources ?? [])
    .filter(({ type }) => type === CERTIFICATE)
    .flatMap(({ outputs = {} }) => {
      const { arn, domainName, subjectAlternativeNames } = outputs;
      const others = Array.isArray(subjectAlternativeNames) ? subjectAlternativeNames.map(String) : [];
      return typeof arn === "string" ? [{ arn, names: [...new Set([String(domainName), ...others])] }] : [];
    });
}

export function judgeCertificate({ names }: Declared, seen: CertificateState, nowMs: number): Finding {
  const name = names.join(", ");
  const why = seen.reason === "" ? "" : ` (${seen.reason})`;
  const record = "see that its validation record is in the public DNS, and that the domain is delegated";
  if (seen.status !== "ISSUED") return todo(`${name} is ${seen.status}${why}`, record);
  const missing = names.filter((wanted) => !seen.names.includes(wanted));
  if (missing.length > 0)
    return todo(`it does not cover ${missing.join(", ")}`, "`pulumi refresh`, then `pulumi up`, declares it again");
  const days = Math.floor(((seen.expiresAtMs ?? nowMs) - nowMs) / DAY_MS);
  if (days < SOON_DAYS) return todo(`${name} runs out in ${days} days${why}`, record);
  return ok(`${name} is issued, ${days} days left`);
}
