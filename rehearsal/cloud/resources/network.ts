import type { Network } from "../aws/network";
import type { ResourceType } from "../provider/resource-type";
import { eipType } from "./network/eip";
import { internetGatewayAttachmentType, internetGatewayType } from "./network/internet-gateway";
import { natGatewayType } from "./network/nat-gateway";
import { routeType } from "./network/route";
import { routeTableType } from "./network/route-table";
import { routeTableAssociationType } from "./network/route-table-association";
import { securityGroupType } from "./network/security-group";
import { securityGroupRuleType } from "./network/security-group-rule";
import { securityGroupRuleTypes } from "./network/security-group-rules";
import { subnetType } from "./network/subnet";
import { vpcType } from "./network/vpc";
import { vpcEndpointType } from "./network/vpc-endpoint";

/** EC2's network: what `awsx.ec2.Vpc` is made of, and security groups. */
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
    securityGroupRuleType(network),
    ...securityGroupRuleTypes(network),
  ];
}
