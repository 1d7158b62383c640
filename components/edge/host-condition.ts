/**
 * Returns the regular expression of Host headers that name a host with this port. A value of a condition has no port, and is
 * compared with the whole header; clients leave out only the port that the protocol has by itself (aws-rules E60).
 */
export function hostRegex(host: string, port: number): string {
  return `^${host.replaceAll(".", "\\.")}(:${port})?$`;
}
