import serviceNames from "./service-names.json";

/** Principals of services that are no endpoint of their own. IAMG; the services' own guides */
const OTHER_SERVICES = [
  "autoscaling.aws-backup",
  "aws-marketplace.management",
  "billingconsole",
  "billing",
  "costalerts",
  "custom.rds",
  "delivery.logs",
  "ecs-tasks",
  "ecs.application-autoscaling",
  "edgelambda",
  "eks-fargate",
  "eks-fargate-pods",
  "eks-nodegroup",
  "export.rds",
  "lambda.alarms.cloudwatch",
  "logdelivery.elasticloadbalancing",
  "monitoring.rds",
  "ops.apigateway",
  "pods.eks",
  "replication.ecr",
  "replicator.lambda",
  "spot",
  "spotfleet",
  "ssm-incidents",
  "storage-lens.s3",
  "trustedadvisor",
  "vmie",
  "vpc-flow-logs",
  "vpce",
];
const SERVICES = new Set([...serviceNames.names, ...OTHER_SERVICES]);
const REGION = /\.[a-z]{2}(?:-[a-z]+)+-\d$/;
/** Federated principals that are no ARN. IAMG AssumeRoleWithWebIdentity */
const WEB_PROVIDERS = ["accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com"];
const ACCOUNT = /^\d{12}$/;
const IDENTITY =
  /^arn:aws(?:-cn|-us-gov)?:(?:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)|sts::\d{12}:(?:assumed-role|federated-user)\/[\w+=,.@/-]+)$/;
const PROVIDER = /^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:(?:oidc|saml)-provider\/[\w+=,.@/:-]+$/;
/** Unique ids of users and roles, which AWS puts in the place of ARNs of deleted ones, and of S3's canonical users. */
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]{12,}$/;

/** Whether AWS has a service principal, such as `ecs-tasks.amazonaws.com` or `logs.ap-northeast-1.amazonaws.com`. */
function isService(principal: string): boolean {
  const [, name = ""] = /^([a-z0-9.-]+)\.amazonaws\.com(?:\.cn)?$/.exec(principal) ?? [];
  return SERVICES.has(name) || SERVICES.has(name.replace(REGION, ""));
}

/**
 * Whether a principal has a form that AWS takes. Whether it exists is asked elsewhere (I4).
 * @param type `AWS`, `Service`, `Federated` or `CanonicalUser`
 */
export function isPrincipal(type: string, value: string): boolean {
  switch (type) {
    case "AWS":
      return value === "*" || ACCOUNT.test(value) || IDENTITY.test(value) || UNIQUE_ID.test(value);
    case "Service":
      return isService(value);
    case "Federated":
      return WEB_PROVIDERS.includes(value) || PROVIDER.test(value);
    case "CanonicalUser":
      return /^[0-9a-f]{64}$/.test(value);
    default:
      return false;
  }
}
