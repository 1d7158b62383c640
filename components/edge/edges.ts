import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { LastOutputs } from "../live/program-outputs";
import type { Network } from "../network/network";
import { edgeDomain } from "../settings/host-names";
import type { Exposure, Settings } from "../settings/settings";
import type { AccessLogs } from "../storage/access-logs";
import { Certificate } from "./certificate";
import { Edge } from "./edge";
import { PrivateZone } from "./private-zone";

export interface EdgesArgs {
  settings: Pick<Settings, "domain" | "furtherDomains" | "services" | "deletionProtection" | "webAcl">;
  last: LastOutputs;
  network: Network;
  accessLogs: AccessLogs;
  /** IDs of the public hosted zones of the domain and of the further ones, by domain. */
  zoneIds: Readonly<Record<string, pulumi.Input<string>>>;
  tags: Tags;
}

/** Creates the public edge, and the internal one with its zone and certificate while a service is on it. */
export function createEdges(args: EdgesArgs): Partial<Record<Exposure, Edge>> {
  const { settings, network, accessLogs, zoneIds, tags } = args;
  const { domain, deletionProtection } = settings;
  const zoneId = zoneIds[domain]!;
  const common = { vpcId: network.vpcId, accessLogBucket: accessLogs.bucket, deletionProtection, tags };
  const edges: Partial<Record<Exposure, Edge>> = {
    public: new Edge("public", {
      ...common,
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
      webAcl: settings.webAcl,
    }),
  };
  if (!needsInternalEdge(args)) return edges;
  const internalDomain = edgeDomain("internal", domain);
  edges.internal = new Edge("internal", {
    ...common,
    domain: internalDomain,
    zoneId: new PrivateZone("internal", { domain: internalDomain, vpcId: network.vpcId, tags }).zoneId,
    // Certificates are validated in the public zone, whoever uses them.
    certificateArn: new Certificate("internal-domain", { domain: internalDomain, zoneId, tags }).arn,
    subnetIds: network.privateSubnetIds,
  });
  return edges;
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
