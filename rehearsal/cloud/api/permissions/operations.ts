import { lastPart } from "../../../../components/core/arn";
import type { Services } from "../../create-services";
import type { CloudContext } from "../../kernel/context";
import type { Input } from "../../protocols/service";
import type { RequiredPermission, ServiceApi } from "../../services/cloud-service";
import { on, onAll, passing, TASKS } from "./passed-roles";

type Permissions = Record<string, NonNullable<ServiceApi["permissions"]>>;

/**
 * What IAM asks of the operations of services whose callers are deploys and people, by the name that requests are
 * signed for (AWS's Service Authorization Reference). The services that tasks call have their own tables.
 */
export function operationPermissions(context: CloudContext, services: Services): Permissions {
  const { region, accountId } = context;
  const { ecs, autoScaling } = services;
  const ecsArn = (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  const clusterOf = ({ cluster }: Input) => lastPart(String(cluster ?? "default"));
  const everywhere = (service: string, ...operations: string[]) =>
    Object.fromEntries(operations.map((operation) => [operation, () => onAll(`${service}:${operation}`)]));
  return {
    ecs: {
      ...everywhere("ecs", "ListTasks", "DescribeTasks", "ListContainerInstances", "DescribeContainerInstances"),
      ...everywhere("ecs", "DescribeServices", "ListServices", "DescribeTaskDefinition", "ListTaskDefinitions"),
      ...everywhere("ecs", "DeregisterTaskDefinition", "DeleteTaskDefinitions"),
      RunTask: (input) => {
        const { arn, taskRoleArn, executionRoleArn } = ecs.model.taskDefinitions.get(String(input.taskDefinition));
        const context = { "ecs:cluster": ecsArn(`cluster/${clusterOf(input)}`) };
        return [{ action: "ecs:RunTask", resource: arn, context }, ...passing(TASKS, taskRoleArn, executionRoleArn)];
      },
      StopTask: (input) => on(ecsArn(`task/${clusterOf(input)}/${lastPart(String(input.task))}`), "ecs:StopTask"),
      ExecuteCommand: (input) => {
        const task = ecsArn(`task/${clusterOf(input)}/${lastPart(String(input.task))}`);
        const cluster = ecsArn(`cluster/${clusterOf(input)}`);
        const context = {
          "ecs:cluster": cluster,
          "ecs:task": task,
          ...(input.container === undefined ? {} : { "ecs:container-name": String(input.container) }),
        };
        return [task, cluster].map((resource) => ({ action: "ecs:ExecuteCommand", resource, context }));
      },
      UpdateContainerInstancesState: (input) =>
        (input.containerInstances as string[]).flatMap((instance) =>
          on(
            ecsArn(`container-instance/${clusterOf(input)}/${lastPart(instance)}`),
            "ecs:UpdateContainerInstancesState",
          ),
        ),
      DeleteService: (input) =>
        on(ecsArn(`service/${clusterOf(input)}/${lastPart(String(input.service))}`), "ecs:DeleteService"),
    },
    elasticloadbalancing: {
      ...everywhere("elasticloadbalancing", "DescribeTargetHealth", "DescribeLoadBalancers", "DescribeRules"),
      ...everywhere("elasticloadbalancing", "DescribeListeners", "DescribeTargetGroups"),
      ModifyRule: ({ RuleArn }) => on(String(RuleArn), "elasticloadbalancing:ModifyRule"),
    },
    autoscaling: {
      ...everywhere(
        "autoscaling",
        "DescribeAutoScalingGroups",
        "DescribeScalingActivities",
        "DescribePolicies",
        "DescribeScheduledActions",
      ),
      // AWS's reference names no other action; first-contact asks an account whether one is needed all the same.
      PutScalingPolicy: ({ AutoScalingGroupName }) =>
        on(autoScaling.model.get(String(AutoScalingGroupName)).arn, "autoscaling:PutScalingPolicy"),
      DeletePolicy: ({ AutoScalingGroupName }) =>
        on(autoScaling.model.get(String(AutoScalingGroupName)).arn, "autoscaling:DeletePolicy"),
      DeleteScheduledAction: ({ AutoScalingGroupName }) =>
        on(autoScaling.model.get(String(AutoScalingGroupName)).arn, "autoscaling:DeleteScheduledAction"),
    },
    ecr: {
      DescribeImages: (input) => on(repositoryArn(context, input), "ecr:DescribeImages"),
      PutImage: (input) => on(repositoryArn(context, input), "ecr:PutImage"),
    },
    route53: {
      ListResourceRecordSets: ({ HostedZoneId }) =>
        on(`arn:aws:route53:::hostedzone/${HostedZoneId}`, "route53:ListResourceRecordSets"),
      GetChange: ({ Id }) => on(`arn:aws:route53:::change/${Id}`, "route53:GetChange"),
    },
    lambda: {
      Invoke: ({ FunctionName }) =>
        on(`arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`, "lambda:InvokeFunction"),
    },
    scheduler: {
      GetSchedule: ({ Name, GroupName }) =>
        on(`arn:aws:scheduler:${region}:${accountId}:schedule/${GroupName}/${Name}`, "scheduler:GetSchedule"),
    },
    acm: {
      DescribeCertificate: ({ CertificateArn }) => on(String(CertificateArn), "acm:DescribeCertificate"),
    },
    // CloudWatch signs as "monitoring", and its actions are named "cloudwatch".
    monitoring: everywhere(
      "cloudwatch",
      ...["GetMetricData", "DescribeAlarms", "PutMetricAlarm", "SetAlarmState", "DeleteAlarms"],
      ...["DescribeAlarmHistory", "EnableAlarmActions", "DisableAlarmActions"],
    ),
  };
}

function repositoryArn({ region, accountId }: CloudContext, { repositoryName }: Input): string {
  return `arn:aws:ecr:${region}:${accountId}:repository/${repositoryName}`;
}

/** Adds the permissions of each operation to the services' interfaces. */
export function withPermissions(
  apis: Record<string, ServiceApi>,
  permissions: Permissions,
): Record<string, ServiceApi> {
  return Object.fromEntries(
    Object.entries(apis).map(([name, api]) => [
      name,
      {
        ...api,
        permissions: { ...api.permissions, ...permissions[name] } satisfies Record<
          string,
          (input: Input) => RequiredPermission[]
        >,
      },
    ]),
  );
}
