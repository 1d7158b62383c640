import { AutoScalingClient, DeletePolicyCommand, PutScalingPolicyCommand } from "@aws-sdk/client-auto-scaling";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, type Credentials } from "@aws-sdk/client-sts";
import { partitionOf } from "../../../components/core/partition";
import { CALL_LIMITS } from "../../core/aws-limits";
import { credentialsProblem } from "../../core/credentials-problem";
import { probeRole } from "../probe-names";
import type { Answer, Question } from "../question";
import type { Trial } from "../trial";

/** AWS seconds until a new role is known everywhere (aws-rules I7). */
const LIMIT_SECONDS = 120;

/** Makes a role that may put scaling policies and nothing else, and puts one as that role. */
export const scalingPolicy: Question = {
  title: "whether a scaling policy needs the right to put alarms",
  belief: { id: "e", text: "autoscaling:PutScalingPolicy needs no cloudwatch:PutMetricAlarm" },
  moments: ["retired"],

  async ask(trial) {
    const credentials = await trial.until(LIMIT_SECONDS, sessionOf(trial, await createRole(trial)));
    if (!credentials) return { evidence: "the role could not be taken" };
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = credentials;
    const asRole = new AutoScalingClient({
      region: trial.parts.region,
      ...CALL_LIMITS,
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    });
    const { idle, colours } = await trial.service();
    const policy = { AutoScalingGroupName: colours[idle].autoScalingGroup, PolicyName: probeRole(trial.parts) };
    try {
      return (
        (await trial.until(LIMIT_SECONDS, () => put(asRole, policy))) ?? {
          evidence: "the role's own policy was not known in time",
        }
      );
    } finally {
      asRole.destroy();
      await trial.clients.autoScaling.send(new DeletePolicyCommand(policy)).catch(() => {});
    }
  },
};

/** @returns null while the role's policy, or its session, is not known yet (aws-rules I7) */
async function put(
  client: AutoScalingClient,
  policy: { AutoScalingGroupName: string; PolicyName: string },
): Promise<Answer | null> {
  try {
    await client.send(
      new PutScalingPolicyCommand({
        ...policy,
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
          TargetValue: 60,
        },
      }),
    );
    return { says: "confirmed", evidence: "a role with autoscaling:PutScalingPolicy alone put a policy" };
  } catch (error) {
    const { message } = error as Error;
    // It is of the role's credentials, and says nothing of those of the run.
    if (credentialsProblem(error) !== null) return null;
    if (/cloudwatch:/i.test(message)) return { says: "refuted", evidence: message };
    if (/autoscaling:PutScalingPolicy/.test(message)) return null;
    throw error;
  }
}

/** @returns the role's ARN */
async function createRole(trial: Trial): Promise<string> {
  const { region, accountId } = trial.parts;
  const { iam } = trial.clients;
  const RoleName = probeRole(trial.parts);
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: document({
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${accountId}:root` },
        Action: "sts:AssumeRole",
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: RoleName,
      PolicyDocument: document({ Action: "autoscaling:PutScalingPolicy", Resource: "*" }),
    }),
  );
  return Role!.Arn!;
}

function sessionOf(trial: Trial, RoleArn: string): () => Promise<Credentials | null> {
  return async () => {
    try {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "first-contact" });
      return (await trial.clients.sts.send(command)).Credentials ?? null;
    } catch (error) {
      // A new role is not known everywhere at once.
      if ((error as Error).name === "AccessDenied") return null;
      throw error;
    }
  };
}
