/** What of an AWS account a check looks at, beyond what a deploy does. */
export interface Account {
  caller(): Promise<CallerIdentity>;
  /** The value that holds in this account and region. @param service, code as Service Quotas has them */
  quota(service: string, code: string): Promise<number>;
  /** True if there is at least one load balancer in the region. */
  hasLoadBalancers(): Promise<boolean>;
  /** True if there is a secret of that name or ARN that is not to be deleted. Its value is not read. */
  hasSecret(id: string): Promise<boolean>;
  certificate(arn: string): Promise<CertificateState>;
  /** Id of the public hosted zone of that name, and the name servers that Route 53 gave it; null if there is none. */
  zone(domain: string): Promise<{ id: string; nameServers: string[] } | null>;
  /** Types of the records that there are, by name; names without any are left out. */
  recordTypes(zoneId: string, names: readonly string[]): Promise<Record<string, string[]>>;
}

export interface CallerIdentity {
  /** The account's ID. */
  account: string;
  arn: string;
  /** How far this machine's clock is ahead of AWS's, to within two seconds; negative where it is behind, null where the answer did not say. */
  clockAheadMs: number | null;
}

export interface CertificateState {
  /** ACM's, such as ISSUED. */
  status: string;
  names: string[];
  /** Unix milliseconds; null before it is issued. */
  expiresAtMs: number | null;
  /** Why it failed or is not renewed; "" if nothing is wrong. */
  reason: string;
}
