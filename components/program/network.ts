import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../core/user-error";
import { Network as NetworkResources, type ProgramNetwork } from "../network/network";
import { currentStack } from "./current-stack";

/** A VPC that the program makes or looks up itself. Without it the VPC is that of the setting `network`. */
export interface NetworkArgs extends ProgramNetwork {}

/**
 * The network that everything of the stack is in; a stack has one.
 *
 * By default it is what the setting `network` says: a VPC of the stack's own, with a public and a private subnet in each
 * availability zone, or one that exists already. With arguments it is a VPC of the program, which is neither checked nor
 * changed here.
 */
export class Network extends NetworkResources {
  /**
   * @param name name of the component; those of the VPC and its subnets begin with it
   * @param args a VPC of the program; default: the one of the settings
   */
  constructor(name: string, args?: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `new Network("${name}")`;
    const stack = currentStack(component);
    const { settings, account, availabilityZones, tags } = stack.facts;
    if (stack.network) throw new UserError(`${component}: the stack has a network already, wanted one`);
    if (args && "vpc" in settings.network)
      throw new UserError(
        `${component}: given a VPC both here and in aoshingo:network.vpc, wanted one of both: take it away from the settings, or from the program`,
      );
    super(name, { account, network: settings.network, availabilityZones, own: args, tags }, opts);
    stack.network = this;
  }
}
