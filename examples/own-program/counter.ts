import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A function that says how many objects are in a bucket. */
export function createCounter(bucket: aws.s3.Bucket): aws.lambda.Function {
  const logGroup = new aws.cloudwatch.LogGroup("counter", { name: "/notebook/counter", retentionInDays: 30 });
  const role = new aws.iam.Role("counter", {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
  });
  const policy = new aws.iam.RolePolicy("counter", {
    role: role.name,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucket.arn },
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: pulumi.interpolate`${logGroup.arn}:*`,
        },
      ],
    }),
  });
  return new aws.lambda.Function(
    "counter",
    {
      runtime: "nodejs24.x",
      handler: "index.handler",
      code: new pulumi.asset.FileArchive(join(__dirname, "function")),
      role: role.arn,
      environment: { variables: { BUCKET: bucket.bucket } },
      loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
    },
    { dependsOn: policy },
  );
}
