/** What ELB writes about one request. Times are Unix milliseconds with fractions; one is undefined if it never came. */
export interface AccessLogEntry {
  type: "http" | "https" | "h2" | "grpcs";
  /** The load balancer is named by the end of its ARN, such as `app/public-blue/0123456789abcdef`. */
  loadBalancer: string;
  client: { address: string; port: number };
  /** The address on which the target's task listens; undefined if no target was chosen or no task listens. */
  target: { address: string; port: number } | undefined;
  startedAtMs: number;
  /** The time at which the target was chosen. */
  sentAtMs: number | undefined;
  /** The time at which the response began. */
  answeredAtMs: number | undefined;
  endedAtMs: number;
  /** The status code of the response that the client got. */
  status: number;
  /** Whether the target gave that status. */
  isFromTarget: boolean;
  receivedBytes: number;
  sentBytes: number;
  method: string;
  /** The whole URL of the request, with the AWS port of the listener. */
  url: string;
  httpVersion: string;
  userAgent: string;
  tls: { cipher: string; protocol: string; serverName: string } | undefined;
  targetGroupArn: string | undefined;
  /** The priority of the rule that matched; 0 if none did, and the default action was taken. */
  rulePriority: number;
  action: "forward" | "redirect" | "fixed-response";
}

const NONE = "-";

/**
 * Returns an entry of an access log, one line in ELB's format with its 30 fields. The rehearsal does not know the trace
 * and connection identifiers, the certificate's ARN, the redirect's URL, error reasons and classifications: they are `-`.
 */
export function formatEntry(entry: AccessLogEntry): string {
  const { startedAtMs, sentAtMs, answeredAtMs, endedAtMs, target, tls, isFromTarget, status } = entry;
  const targetName = target ? `${target.address}:${target.port}` : NONE;
  const targetStatus = isFromTarget ? String(status) : NONE;
  return [
    ...[entry.type, new Date(endedAtMs).toISOString(), entry.loadBalancer],
    ...[`${entry.client.address}:${entry.client.port}`, targetName],
    ...[secondsBetween(startedAtMs, sentAtMs), secondsBetween(sentAtMs, answeredAtMs)],
    ...[secondsBetween(sentAtMs && answeredAtMs, endedAtMs)],
    ...[status, targetStatus, entry.receivedBytes, entry.sentBytes],
    ...[quoted(`${entry.method} ${entry.url} HTTP/${entry.httpVersion}`), quoted(entry.userAgent || NONE)],
    ...[tls?.cipher ?? NONE, tls?.protocol ?? NONE, entry.targetGroupArn ?? NONE],
    ...[quoted(NONE), quoted(tls?.serverName || NONE), quoted(NONE)],
    ...[entry.rulePriority, new Date(startedAtMs).toISOString(), quoted(entry.action), quoted(NONE), quoted(NONE)],
    ...[quoted(targetName), quoted(targetStatus), quoted(NONE), quoted(NONE), NONE],
  ].join(" ");
}

/** Returns the seconds between two times with three decimals; -1 if one of them never came, such as without a target. */
function secondsBetween(fromMs: number | undefined, toMs: number | undefined): string {
  return fromMs === undefined || toMs === undefined ? "-1" : ((toMs - fromMs) / 1000).toFixed(3);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', "%22")}"`;
}
