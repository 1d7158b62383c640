import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Properties } from "../../../provider/wire";
import type { ListenerSettings } from "../model/listeners";
import type { LoadBalancing } from "../model/load-balancing";
import type { ListenerState } from "../model/state";
import { actionArguments, actionShape } from "./action-shape";

/** Of TCP. */
const HIGHEST_PORT = 65_535;

const inputs = z.object({
  loadBalancerArn: z.string(),
  port: z.number().int().min(1).max(HIGHEST_PORT),
  protocol: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
  sslPolicy: z.string().optional(),
  certificateArn: z.string().optional(),
  defaultActions: z.array(actionShape).min(1),
  tags,
});

type Inputs = z.output<typeof inputs>;

/** @param portOffset added to every AWS port on this machine */
export function listener({ listeners }: LoadBalancing, portOffset: number): ResourceType {
  return defineResource({
    token: "aws:lb/listener:Listener",
    awsCalls: {
      create: "elasticloadbalancing:CreateListener",
      read: "elasticloadbalancing:DescribeListeners",
      update: "elasticloadbalancing:ModifyListener",
      delete: "elasticloadbalancing:DeleteListener",
    },
    inputs,
    optionalComputed: ["protocol", "sslPolicy"],
    replaceOn: ["loadBalancerArn"],
    computed: ["arn"],
    validate({ port }) {
      const highest = HIGHEST_PORT - portOffset;
      if (port <= highest) return [];
      const reason = `given ${port}, wanted at most ${highest}: the rehearsal cloud serves port N of AWS on port N + ${portOffset} of this machine, and ports end at ${HIGHEST_PORT}; take a lower port (such as internalPort in aoshingo:services), or a lower PORT_OFFSET for the cloud`;
      return [{ property: "port", reason }];
    },
    async create(given) {
      const created = await listeners.create({ loadBalancerArn: given.loadBalancerArn, settings: settingsOf(given) });
      return { id: created.arn, outputs: outputsOf(created) };
    },
    async read(id, known) {
      const found = listeners.find(id);
      return found ? { ...outputsOf(found), ...argumentsOf(found, known) } : null;
    },
    async update(id, given, old) {
      const sslPolicy = given.sslPolicy ?? (old.sslPolicy || undefined);
      return outputsOf(await listeners.modify(id, settingsOf({ ...given, sslPolicy })));
    },
    async delete(id) {
      if (listeners.find(id)) listeners.delete(id);
    },
  });
}

function settingsOf({ loadBalancerArn: _, tags: __, ...settings }: Inputs): ListenerSettings {
  return settings;
}

function outputsOf({ arn, sslPolicy }: ListenerState): Properties {
  return { arn, sslPolicy: sslPolicy ?? "" };
}

function argumentsOf(found: ListenerState, known: Properties): Properties {
  const { loadBalancerArn, port, protocol, certificateArn, defaultAction } = found;
  return {
    loadBalancerArn,
    port,
    protocol,
    ...(certificateArn === null ? {} : { certificateArn }),
    defaultActions: [actionArguments(defaultAction, known.defaultActions)],
  };
}
