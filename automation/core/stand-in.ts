/** Returns true if the AWS clients of this environment call a stand-in for AWS, such as a rehearsal. */
export function isStandIn(environment: Readonly<NodeJS.ProcessEnv>): boolean {
  return Boolean(environment.AWS_ENDPOINT_URL);
}
