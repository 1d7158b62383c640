import { z } from "zod";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { RegisteredInstance } from "../../../kernel/ports";
import { type Operation, operation } from "../../../protocols/service";
import { describeRule } from "../model/descriptions";
import type { LoadBalancing } from "../model/load-balancing";
import type { LoadBalancerSettings } from "../model/state";

export type FindInstance = (instanceId: string) => RegisteredInstance | undefined;

const ENABLED = "access_logs.s3.enabled";
const BUCKET = "access_logs.s3.bucket";
const PREFIX = "access_logs.s3.prefix";
const ACCESS_LOG_KEYS = [ENABLED, BUCKET, PREFIX];

const forwardAction = z.strictObject({
  Type: z.literal("forward"),
  ForwardConfig: z.strictObject({
    TargetGroups: z.array(z.strictObject({ TargetGroupArn: z.string(), Weight: z.coerce.number() })),
  }),
});

const strings = z.array(z.string()).optional();
const hostCondition = z.strictObject({
  Field: z.literal("host-header"),
  HostHeaderConfig: z.strictObject({ Values: strings, RegexValues: strings }),
});

/** Resources that one call describes (E62). */
const MAX_DESCRIBED = 20;

const attributes = z.array(z.strictObject({ Key: z.string(), Value: z.string().default("") }));
const targets = z.array(z.strictObject({ Id: z.string() })).min(1);

/** @param findInstance an EC2 instance by its id, to register it as a target */
export function elbOperations(
  loadBalancing: Pick<
    LoadBalancing,
    | "describeTargetHealth"
    | "describeLoadBalancers"
    | "rules"
    | "listeners"
    | "loadBalancers"
    | "targetGroups"
    | "targets"
  >,
  findInstance: FindInstance,
): Record<string, Operation> {
  return {
    RegisterTargets: operation({ TargetGroupArn: z.string(), Targets: targets }, ({ TargetGroupArn, Targets }) => {
      for (const { Id } of Targets) {
        const instance = findInstance(Id);
        if (!instance) throw new AwsError("InvalidTarget", `The following targets are not valid: '${Id}'`);
        loadBalancing.targets.register(TargetGroupArn, instance);
      }
      return {};
    }),
    /** It does not wait until the targets have drained. */
    DeregisterTargets: operation({ TargetGroupArn: z.string(), Targets: targets }, ({ TargetGroupArn, Targets }) => {
      const { arn } = loadBalancing.targetGroups.get(TargetGroupArn);
      for (const { Id } of Targets) void loadBalancing.targets.deregister(arn, Id);
      return {};
    }),
    DescribeLoadBalancerAttributes: operation({ LoadBalancerArn: z.string() }, ({ LoadBalancerArn }) => ({
      Attributes: accessLogAttributes(loadBalancing.loadBalancers.get(LoadBalancerArn).settings),
    })),
    /** Only those of the access logs. */
    ModifyLoadBalancerAttributes: operation(
      { LoadBalancerArn: z.string(), Attributes: attributes },
      async ({ LoadBalancerArn, Attributes }) => {
        const { settings } = loadBalancing.loadBalancers.get(LoadBalancerArn);
        const all = Object.fromEntries(
          [...accessLogAttributes(settings), ...Attributes].map(({ Key, Value }) => [Key, Value]),
        );
        const unknown = Object.keys(all).filter((key) => !ACCESS_LOG_KEYS.includes(key));
        if (unknown.length > 0)
          throw new AwsError(
            "ValidationError",
            `the rehearsal cloud changes only ${ACCESS_LOG_KEYS.join(", ")}, not ${unknown.join(", ")}`,
          );
        const accessLogs = all[ENABLED] === "true" ? { bucket: all[BUCKET] ?? "", prefix: all[PREFIX] ?? "" } : null;
        const changed = await loadBalancing.loadBalancers.modify(LoadBalancerArn, { ...settings, accessLogs });
        return { Attributes: accessLogAttributes(changed.settings) };
      },
    ),
    DescribeTargetHealth: operation({ TargetGroupArn: z.string() }, ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: loadBalancing.describeTargetHealth(TargetGroupArn),
    })),
    /** Which there are: what they are is in the stack's state. */
    DescribeListeners: operation({ ListenerArns: z.array(z.string()).min(1) }, ({ ListenerArns }) => ({
      Listeners: described("listeners", ListenerArns).map((arn) => {
        const { loadBalancerArn: LoadBalancerArn, port: Port, protocol: Protocol } = loadBalancing.listeners.get(arn);
        return { ListenerArn: arn, LoadBalancerArn, Port, Protocol };
      }),
    })),
    DescribeTargetGroups: operation({ TargetGroupArns: z.array(z.string()).min(1) }, ({ TargetGroupArns }) => ({
      TargetGroups: described("target groups", TargetGroupArns).map((arn) => {
        const { name: TargetGroupName, vpcId: VpcId } = loadBalancing.targetGroups.get(arn);
        return { TargetGroupArn: arn, TargetGroupName, VpcId };
      }),
    })),
    DescribeRules: operation({ RuleArns: z.array(z.string()).min(1) }, ({ RuleArns }) => ({
      Rules: described("rules", RuleArns).map((arn) => describeRule(loadBalancing.rules.get(arn))),
    })),
    ModifyRule: operation(
      {
        RuleArn: z.string(),
        Actions: z.array(forwardAction).min(1).optional(),
        Conditions: z.array(hostCondition).min(1).optional(),
      },
      ({ RuleArn, Actions, Conditions }) => {
        const actions = Actions?.map(({ Type, ForwardConfig }) => ({
          type: Type,
          forward: {
            targetGroups: ForwardConfig.TargetGroups.map(({ TargetGroupArn, Weight }) => ({
              arn: TargetGroupArn,
              weight: Weight,
            })),
          },
        }));
        const conditions = Conditions?.map(({ HostHeaderConfig: { Values: values, RegexValues: regexValues } }) => ({
          hostHeader: { values, regexValues },
        }));
        loadBalancing.rules.modify(RuleArn, { ...(actions && { actions }), ...(conditions && { conditions }) });
        return { Rules: [{ RuleArn }] };
      },
    ),
    DescribeLoadBalancers: operation(
      { LoadBalancerArns: z.array(z.string()).optional(), Names: z.array(z.string()).optional() },
      ({ LoadBalancerArns, Names }) => {
        const all = loadBalancing.describeLoadBalancers();
        const wanted = LoadBalancerArns ?? Names;
        if (wanted === undefined) return { LoadBalancers: all };
        const key = LoadBalancerArns ? "LoadBalancerArn" : "LoadBalancerName";
        return {
          LoadBalancers: described("load balancers", wanted).map((value) =>
            orNotFound(
              all.find((loadBalancer) => loadBalancer[key] === value),
              "LoadBalancerNotFound",
              `One or more load balancers not found: '${value}'`,
            ),
          ),
        };
      },
    ),
  };
}

/** @throws AwsError `ValidationError` for more than one call describes (E62) */
function described(what: string, arns: readonly string[]): readonly string[] {
  if (arns.length > MAX_DESCRIBED)
    throw new AwsError("ValidationError", `You cannot describe more than '${MAX_DESCRIBED}' ${what} at a time`);
  return arns;
}

function accessLogAttributes({ accessLogs }: LoadBalancerSettings): { Key: string; Value: string }[] {
  return [
    { Key: ENABLED, Value: String(accessLogs !== null) },
    { Key: BUCKET, Value: accessLogs?.bucket ?? "" },
    { Key: PREFIX, Value: accessLogs?.prefix ?? "" },
  ];
}
