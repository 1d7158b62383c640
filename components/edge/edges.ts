import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { LastOutputs } from "../live/program-outputs";
import type { Network } from "../network/network";
import { edgeDomain } from "../settings/host-names";
import type { Exposure, Settings } from "../settings/settings";
import type { AccessLogs } from "../storage/access-logs";
import { Certificate } from "./certificate";
import type { EdgeArgs } from "./edge";
import { PrivateZone } from "./private-zone";

export interface EdgesArgs {
  settings: Pick<Settings, "domain" | "furtherDomains" | "deletionProtection" | "webAcl">;
  network: Network;
  accessLogs: AccessLogs;
  /** IDs of the public hosted zones of the domain and of the further ones, by domain. */
  zoneIds: Readonly<Record<string, pulumi.Input<string>>>;
  tags: Tags;
}

/** Makes what an edge stands on, its zone and certificates, and returns the arguments of its component. */
export function edgeArgs(name: Exposure, args: EdgesArgs): EdgeArgs {
  return name === "public" ? publicEdgeArgs(args) : internalEdgeArgs(args);
}

function publicEdgeArgs({ settings, network, accessLogs, zoneIds, tags }: EdgesArgs): EdgeArgs {
  const { domain, deletionProtection, webAcl } = settings;
  const zoneId = zoneIds[domain]!;
  return {
    ...{ vpcId: network.vpcId, accessLogBucket: accessLogs.bucket, deletionProtection, tags },
    domain,
    zoneId,
    certificateArn: new Certificate("domain", { domain, zoneId, tags }).arn,
    furtherCertificateArns: Object.fromEntries(
      settings.furtherDomains.map((further) => [
        further,
        new Certificate(further, { domain: further, zoneId: zoneIds[further]!, tags }).arn,
      ]),
    ),
    subnetIds: network.publicSubnetIds,
    webAcl,
  };
}

function internalEdgeArgs({ settings, network, accessLogs, zoneIds, tags }: EdgesArgs): EdgeArgs {
  const { deletionProtection } = settings;
  const domain = edgeDomain("internal", settings.domain);
  return {
    ...{ vpcId: network.vpcId, accessLogBucket: accessLogs.bucket, deletionProtection, tags },
    domain,
    zoneId: new PrivateZone("internal", { domain, vpcId: network.vpcId, tags }).zoneId,
    // Certificates are validated in the public zone, whoever uses them.
    certificateArn: new Certificate("internal-domain", { domain, zoneId: zoneIds[settings.domain]!, tags }).arn,
    subnetIds: network.privateSubnetIds,
  };
}

/**
 * True while the internal edge is needed. AWS refuses to delete a protected load balancer, and the run would stop
 * half way. So the edge stays after its last service is removed, until a run has taken the protection off; the run
 * after that deletes it.
 */
export function needsInternalEdge({
  settings,
  last,
}: {
  settings: Pick<Settings, "services" | "deletionProtection">;
  last: LastOutputs;
}): boolean {
  const isProtected = settings.deletionProtection || (last.deletionProtection ?? false);
  return (
    Object.values(settings.services).some(({ exposure }) => exposure.includes("internal")) ||
    (isProtected && last.edges?.internal !== undefined)
  );
}
