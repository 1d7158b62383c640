import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../../kernel/aws-error";
import { apiName } from "../../../kernel/dns-name";
import type { LoadBalancerDnsNames } from "../../elb/model/load-balancer-dns-names";
import { problemsOf } from "./record-checks";
import { keyOf, type RecordSet } from "./record-set";

export interface Change {
  action: "CREATE" | "DELETE" | "UPSERT";
  record: RecordSet;
}

/** The batch's record sets for messages and logs, such as `users.example.com A`. */
export function namesOf(batch: readonly Change[]): string {
  return [...new Set(batch.map(({ record }) => `${record.name} ${record.type}`))].join(", ");
}

/** Limits of one batch (R7-R8). An UPSERT counts twice. */
const MAX_VALUES = 1000;
const MAX_CHARACTERS = 32_000;

/**
 * Returns the zone's record sets after the batch. Route 53 applies all changes of a batch or none (R2).
 * @param zone the zone's name
 * @param records the zone's record sets by key; stays unchanged
 * @throws AwsError InvalidChangeBatch with every problem (R1, R3, R6)
 */
export function applyBatch(
  zone: string,
  records: ReadonlyMap<string, RecordSet>,
  batch: readonly Change[],
  loadBalancers: LoadBalancerDnsNames,
): Map<string, RecordSet> {
  checkSize(batch);
  const after = new Map(records);
  const problems: string[] = [];
  for (const { action, record } of batch) {
    const problem = action === "UPSERT" ? undefined : existenceProblem(action, record, after.get(keyOf(record)));
    if (problem !== undefined) problems.push(problem);
    else if (action === "DELETE") after.delete(keyOf(record));
    else after.set(keyOf(record), record);
  }
  if (problems.length === 0) {
    const written = batch.filter((change) => change.action !== "DELETE");
    for (const { record } of written) problems.push(...problemsOf(record, zone, [...after.values()], loadBalancers));
  }
  if (problems.length > 0) throw new AwsError("InvalidChangeBatch", `[${problems.join(", ")}]`);
  return after;
}

/** Why a record set cannot be created or deleted (R3); undefined if it can. */
function existenceProblem(
  action: "CREATE" | "DELETE",
  record: RecordSet,
  current: RecordSet | undefined,
): string | undefined {
  const set = `resource record set [name='${apiName(record.name)}', type='${record.type}']`;
  if (action === "CREATE") return current && `Tried to create ${set} but it already exists`;
  if (!current) return `Tried to delete ${set} but it was not found`;
  if (isDeepStrictEqual(current, record)) return undefined;
  return `Tried to delete ${set} but the values provided do not match the current values`;
}

function checkSize(batch: readonly Change[]): void {
  let count = 0;
  let characters = 0;
  for (const { action, record } of batch) {
    const values = record.content.kind === "values" ? record.content.values : [record.content.dnsName];
    const times = action === "UPSERT" ? 2 : 1;
    count += values.length * times;
    characters += values.join("").length * times;
  }
  if (batch.length === 0) throw new AwsError("InvalidInput", "Invalid request: a change batch must have a change");
  if (count > MAX_VALUES) {
    throw new AwsError("InvalidChangeBatch", `[Number of records limit of ${MAX_VALUES} exceeded.]`);
  }
  if (characters > MAX_CHARACTERS) {
    throw new AwsError("InvalidChangeBatch", `[Number of characters limit of ${MAX_CHARACTERS} exceeded.]`);
  }
}
