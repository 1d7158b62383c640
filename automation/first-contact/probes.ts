import { DeleteRoleCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { UserError } from "../../components/core/user-error";
import type { Clients } from "./clients";
import { probeBucket, probeRecord, probeRole } from "./probe-names";
import { isGone } from "./service-linked-roles";

export interface ProbeOwner {
  project: string;
  stack: string;
  domain: string;
  accountId: string;
  /** Null if the domain has no zone any more. */
  zoneId: string | null;
}

/**
 * Removes what a run made outside of its stack, as far as it is there. It may be called again.
 * @throws UserError if S3 refuses to delete an object
 */
export async function removeProbes(clients: Clients, owner: ProbeOwner): Promise<void> {
  await removeRole(clients, probeRole(owner));
  await removeBucket(clients, probeBucket(owner));
  if (owner.zoneId !== null) await removeRecord(clients, owner.zoneId, probeRecord(owner));
}

async function removeRole({ iam }: Clients, RoleName: string): Promise<void> {
  await unlessGone(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: RoleName })));
  await unlessGone(iam.send(new DeleteRoleCommand({ RoleName })));
}

async function removeBucket({ s3 }: Clients, Bucket: string): Promise<void> {
  try {
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) break;
      const { Errors: [refused] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      // It answers 200 all the same, and the objects would be listed again, without an end.
      if (refused) throw new UserError(`s3://${Bucket}/${refused.Key} could not be deleted: ${refused.Message}`);
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if ((error as Error).name !== "NoSuchBucket") throw error;
  }
}

async function removeRecord({ route53 }: Clients, HostedZoneId: string, name: string): Promise<void> {
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId, StartRecordName: name, StartRecordType: "TXT", MaxItems: 1 }),
  );
  const [ResourceRecordSet] = ResourceRecordSets;
  if (ResourceRecordSet?.Name !== `${name}.`) return;
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet }] },
    }),
  );
}

async function unlessGone(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}
