import type { ResourceType } from "../../../provider/resource-type";
import type { Network } from "../model/network";
import { eipType } from "./eip";
import { internetGatewayAttachmentType, internetGatewayType } from "./internet-gateway";
import { natGatewayType } from "./nat-gateway";
import { routeType } from "./route";
import { routeTableType } from "./route-table";
import { routeTableAssociationType } from "./route-table-association";
import { securityGroupType } from "./security-group";
import { securityGroupRuleType } from "./security-group-rule";
import { securityGroupRuleTypes } from "./security-group-rules";
import { subnetType } from "./subnet";
import { vpcType } from "./vpc";
import { vpcEndpointType } from "./vpc-endpoint";

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
