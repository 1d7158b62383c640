import { countOf } from "../../../components/core/count-of";
import { ageText } from "../../output/time-text";
import type { CertificateState } from "../../ports/account";
import type { ExportedState } from "../../stack/exported-state";
import { type Check, type Examined, type Finding, ok, todo, Unavailable } from "../check";
import { remedyBetweenRuns } from "../last-run";

const DAY_MS = 86_400_000;
/** ACM begins to renew a certificate 60 days before it expires, and warns from 45 days on. */
const SOON_DAYS = 45;
const CERTIFICATE = "aws:acm/certificate:Certificate";

interface Declared {
  arn: string;
  names: string[];
}

/** Checks that the load balancers' certificates are issued, cover their names, and do not expire soon. */
export const certificate: Check = {
  name: "certificate",
  async examine(examined) {
    const { state, account } = examined;
    const exported = await state().catch(() => {
      throw new Unavailable("needs the stack's state (see Pulumi state)");
    });
    const declared = certificatesIn(exported);
    if (declared.length === 0)
      return [todo("the stack has no certificate yet", "create the infrastructure with `pulumi up`")];
    return Promise.all(
      declared.map(async (one) => certificateFinding(one, await account.certificate(one.arn), examined)),
    );
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

async function certificateFinding(
  { names }: Declared,
  certificate: CertificateState,
  examined: Examined,
): Promise<Finding> {
  const { nowMs } = examined;
  const name = names.join(", ");
  const why = certificate.reason === "" ? "" : ` (${certificate.reason})`;
  const remedy = "check that its validation record is in the public DNS, and that the domain is delegated";
  if (certificate.status !== "ISSUED") return todo(`${name} is ${certificate.status}${why}`, remedy);
  const missing = names.filter((wanted) => !certificate.names.includes(wanted));
  if (missing.length > 0)
    return todo(
      `it does not cover ${missing.join(", ")}`,
      await remedyBetweenRuns(examined, "create it again: `pulumi refresh`, then `pulumi up`"),
    );
  const leftMs = (certificate.expiresAtMs ?? nowMs) - nowMs;
  if (leftMs < 0) return todo(`${name} expired ${ageText(-leftMs / 1000)} ago${why}`, remedy);
  const days = Math.floor(leftMs / DAY_MS);
  if (days < SOON_DAYS) return todo(`${name} expires in ${countOf(days, "day")}${why}`, remedy);
  return ok(`${name} is issued, ${countOf(days, "day")} left`);
}
