/*
 * What a run makes outside of its stack. The names follow from the stack, so that `--clean` finds them without any
 * record, whatever the run was doing when it was killed.
 */

/** Name of a role and of its policy. */
export function probeRole({ project, stack }: { project: string; stack: string }): string {
  return `${project}-${stack}-first-contact`;
}

/** Name of a bucket; buckets' names are unique in all of AWS. */
export function probeBucket(owner: { project: string; stack: string; accountId: string }): string {
  return `${probeRole(owner)}-${owner.accountId}`;
}

/** Name of a TXT record. */
export function probeRecord({ stack, domain }: { stack: string; domain: string }): string {
  return `_${stack}-first-contact.${domain}`;
}
