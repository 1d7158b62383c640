import type { AccessLogMessage } from "../../../data-plane/load-balancer/load-balancer";
import type { CloudContext } from "../../../kernel/context";
import { logDeliveryFolder } from "../../../kernel/log-delivery-folder";
import { arnSuffix } from "./arns";
import type { LoadBalancerState } from "./state";

/** Writes an object to a bucket as ELB. If it may not, the entries are lost: access logs are a best effort. */
export type DeliverLog = (bucket: string, prefix: string, key: string, body: Buffer) => void;

/** Characters at the end of a file's name that tell files of the same minute apart. */
const RANDOM_CHARACTERS = 8;

/**
 * Writes a file of access logs, under the key that ELB gives it:
 * `<prefix>/AWSLogs/<account>/elasticloadbalancing/<Region>/<yyyy>/<mm>/<dd>/<account>_elasticloadbalancing_<Region>_<load balancer>_<end time>_<address>_<random>.log.gz`.
 */
export function deliverAccessLog(
  { accountId, region, random }: Pick<CloudContext, "accountId" | "region" | "random">,
  { arn, settings }: Pick<LoadBalancerState, "arn" | "settings">,
  { address, endMs, body }: AccessLogMessage,
  deliver: DeliverLog,
): void {
  if (!settings.accessLogs) return;
  const { bucket, prefix } = settings.accessLogs;
  const end = new Date(endMs).toISOString();
  const day = end.slice(0, 10).replaceAll("-", "/");
  const minute = `${end.slice(0, 16).replace(/[-:]/g, "")}Z`;
  const name = [
    ...[accountId, "elasticloadbalancing", region, arnSuffix(arn).replaceAll("/", ".")],
    ...[minute, address, random.hex(RANDOM_CHARACTERS)],
  ].join("_");
  const key = `${logDeliveryFolder(prefix, accountId)}elasticloadbalancing/${region}/${day}/${name}.log.gz`;
  deliver(bucket, prefix, key, Buffer.from(body, "base64"));
}
