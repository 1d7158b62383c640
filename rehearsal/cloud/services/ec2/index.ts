import type { ExistingNetwork } from "../../../../components/settings/settings";
import type { CloudContext } from "../../kernel/context";
import type { Logs } from "../../kernel/ports";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { createExistingGroup, createExistingNetwork } from "./model/existing-network";
import { FlowLogs } from "./model/flow-logs";
import { type InstancePermissions, Instances } from "./model/instances";
import { LaunchTemplates } from "./model/launch-templates";
import { Network } from "./model/network";
import { defaultSecurityGroupType } from "./provider/default-security-group";
import { eipType } from "./provider/eip";
import { flowLogTypes } from "./provider/flow-logs";
import { internetGatewayAttachmentType, internetGatewayType } from "./provider/internet-gateway";
import { launchTemplateType } from "./provider/launch-template";
import { natGatewayType } from "./provider/nat-gateway";
import { networkFunctions } from "./provider/network-functions";
import { routeType } from "./provider/route";
import { routeTableType } from "./provider/route-table";
import { routeTableAssociationType } from "./provider/route-table-association";
import { securityGroupType } from "./provider/security-group";
import { securityGroupRuleType } from "./provider/security-group-rule";
import { securityGroupRuleTypes } from "./provider/security-group-rules";
import { subnetType } from "./provider/subnet";
import { vpcType } from "./provider/vpc";
import { vpcEndpointType } from "./provider/vpc-endpoint";

export interface Ec2Parts {
  permissions: InstancePermissions;
  logs: Logs;
  /** The account's quota of vCPUs of running standard instances. */
  vcpuLimit: () => number;
  /** The account is on AWS's Free plan. */
  freePlan: boolean;
  /** AWS seconds for every boot instead of seeded ones. */
  bootSeconds?: number;
  /** A VPC that exists from the start. Default: none. */
  existingNetwork?: ExistingNetwork | undefined;
  /** IDs of security groups that exist from the start. Default: none. */
  existingGroups?: readonly string[];
}

export interface Ec2 {
  network: Network;
  launchTemplates: LaunchTemplates;
  instances: Instances;
}

export function createEc2(context: CloudContext, parts: Ec2Parts): CloudService<Ec2> {
  const network = new Network(context);
  if (parts.existingNetwork) createExistingNetwork(network, parts.existingNetwork);
  for (const id of new Set(parts.existingGroups)) createExistingGroup(network, id, parts.existingNetwork?.vpc);
  const flowLogs = new FlowLogs(context, { ...parts, vpcs: network.vpcs });
  const launchTemplates = new LaunchTemplates(context);
  const instances = new Instances(context, { ...parts, launchTemplates, network });
  return {
    model: { network, launchTemplates, instances },
    functions: networkFunctions(network),
    types: [...networkTypes(network), ...flowLogTypes(context, flowLogs), launchTemplateType(launchTemplates)],
    close: () => instances.close(),
  };
}

/** The resource types that `awsx.ec2.Vpc` declares, and those of security groups. */
export function networkTypes(network: Network): ResourceType[] {
  return [
    vpcType(network),
    subnetType(network),
    internetGatewayType(network),
    internetGatewayAttachmentType(network),
    routeTableType(network),
    routeType(network),
    routeTableAssociationType(network),
    eipType(network),
    natGatewayType(network),
    vpcEndpointType(network),
    securityGroupType(network),
    defaultSecurityGroupType(network),
    securityGroupRuleType(network),
    ...securityGroupRuleTypes(network),
  ];
}
