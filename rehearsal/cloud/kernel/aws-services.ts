interface ServiceNames {
  /** The SDKs' name, which their errors show. */
  sdkName: string;
  /** Error code for a throttled call, where it is not `Throttling`. */
  throttlingCode?: string;
}

/** The AWS services that the cloud or its provider calls, by the name that requests are signed for. */
const SERVICES = {
  acm: { sdkName: "ACM" },
  autoscaling: { sdkName: "Auto Scaling" },
  ec2: { sdkName: "EC2" },
  ecr: { sdkName: "ECR", throttlingCode: "ThrottlingException" },
  ecs: { sdkName: "ECS", throttlingCode: "ThrottlingException" },
  elasticloadbalancing: { sdkName: "Elastic Load Balancing v2" },
  events: { sdkName: "EventBridge", throttlingCode: "ThrottlingException" },
  iam: { sdkName: "IAM" },
  kms: { sdkName: "KMS", throttlingCode: "ThrottlingException" },
  lambda: { sdkName: "Lambda", throttlingCode: "TooManyRequestsException" },
  logs: { sdkName: "CloudWatch Logs", throttlingCode: "ThrottlingException" },
  monitoring: { sdkName: "CloudWatch" },
  rds: { sdkName: "RDS" },
  route53: { sdkName: "Route 53" },
  s3: { sdkName: "S3", throttlingCode: "SlowDown" },
  scheduler: { sdkName: "Scheduler", throttlingCode: "ThrottlingException" },
  secretsmanager: { sdkName: "Secrets Manager", throttlingCode: "ThrottlingException" },
  servicequotas: { sdkName: "Service Quotas", throttlingCode: "TooManyRequestsException" },
  sqs: { sdkName: "SQS", throttlingCode: "RequestThrottled" },
  ssm: { sdkName: "SSM", throttlingCode: "ThrottlingException" },
  sts: { sdkName: "STS" },
  tagging: { sdkName: "Resource Groups Tagging API" },
  wafv2: { sdkName: "WAFV2" },
} as const satisfies Record<string, ServiceNames>;

export type AwsServiceName = keyof typeof SERVICES;
/** Such as `ecs:CreateService`. */
export type AwsCall = `${AwsServiceName}:${string}`;

export const AWS_SERVICES: Readonly<Record<AwsServiceName, ServiceNames>> = SERVICES;
export const AWS_SERVICE_NAMES = Object.keys(SERVICES) as AwsServiceName[];
