import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../core/user-error";
import { Edge as EdgeResources } from "../edge/edge";
import { edgeArgs } from "../edge/edges";
import { EXPOSURES } from "../settings/schema/kinds";
import type { Exposure } from "../settings/settings";
import { currentStack } from "./current-stack";
import type { Network } from "./network";

export interface EdgeArgs {
  /** The network that its load balancers are in. */
  network: Network;
}

/**
 * The pair of load balancers, blue and green, that services share, with certificate and names.
 *
 * A stack has the public edge, which the internet reaches, and the internal edge if a service has `internal` in its
 * setting `exposure`: services call each other there. Both take domain, web ACL and protection from the settings.
 */
export class Edge extends EdgeResources {
  /** @param name `public` or `internal`, as in the setting `exposure` of services */
  constructor(name: Exposure, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `new Edge("${name}")`;
    const stack = currentStack(component);
    const { accessLogs } = stack;
    const { settings, zoneIds, tags } = stack.facts;
    if (!EXPOSURES.includes(name)) throw new UserError(`${component}: wanted one of the names ${EXPOSURES.join(", ")}`);
    if (stack.edges[name]) throw new UserError(`${component} is there twice: wanted one edge of each name`);
    if (!args?.network || args.network !== stack.network)
      throw new UserError(`${component}: network is missing, wanted the Network of this program`);
    super(name, edgeArgs(name, { settings, network: args.network, accessLogs, zoneIds, tags }), opts);
    stack.edges[name] = this;
  }
}
