import { inLowerCase, type Owner, physicalName } from "../../components/core/names";

/*
 * What a run makes outside of its stack. The names follow from the stack, so that `--clean` finds them without any
 * record, whatever the run was doing when it was killed. They are such that AWS takes them and gives them back unchanged:
 * Route 53 would put a record's name in lower case, and S3 and IAM refuse what is too long or has other characters.
 */

/** Characters that IAM takes in a role's name (aws-rules I1), S3 in a bucket's, and DNS in a label. */
const MAX_ROLE = 64;
const MAX_BUCKET = 63;
const MAX_LABEL = 63;

/** Name of a role and of its policy. */
export function probeRole(owner: Owner): string {
  return probeName(owner, MAX_ROLE);
}

/** Name of a bucket; buckets' names are unique in all of AWS (aws-rules V5). */
export function probeBucket({ accountId, ...owner }: Owner & { accountId: string }): string {
  return `${probeName(owner, MAX_BUCKET - accountId.length - 1)}-${accountId}`;
}

/** Name of a TXT record. */
export function probeRecord({ domain, ...owner }: Owner & { domain: string }): string {
  return `_${probeName(owner, MAX_LABEL - 1)}.${domain}`;
}

/** What it is for is not cut. */
function probeName({ project, stack }: Owner, maxLength: number): string {
  return physicalName(inLowerCase(`first-contact-${project}-${stack}`), [project, stack], maxLength);
}
