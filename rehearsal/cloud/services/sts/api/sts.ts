import { z } from "zod";
import type { CloudContext } from "../../../kernel/context";
import { type Operation, operation } from "../../../protocols/service";
import { DEFAULT_SECONDS, type Session, type Sts } from "../model/sts";

const SessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/, "wanted 2 to 64 letters, digits and _+=,.@-");

export function stsOperations({ accountId }: CloudContext, sts: Sts): Record<string, Operation> {
  return {
    GetCallerIdentity: operation({}, (_, { caller }) => ({
      Arn: caller.arn,
      UserId: caller.userId,
      Account: accountId,
    })),
    AssumeRole: operation(
      {
        RoleArn: z.string(),
        RoleSessionName: SessionName,
        DurationSeconds: z.coerce.number().int().default(DEFAULT_SECONDS),
      },
      ({ RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: durationSeconds }, { caller }) =>
        describedSession(accountId, sts.assumeRole({ roleArn, sessionName, durationSeconds }, caller.arn)),
    ),
    AssumeRoleWithWebIdentity: operation(
      {
        RoleArn: z.string(),
        RoleSessionName: SessionName,
        WebIdentityToken: z.string(),
        DurationSeconds: z.coerce.number().int().default(DEFAULT_SECONDS),
      },
      async (input) => {
        const session = await sts.assumeRoleWithWebIdentity({
          roleArn: input.RoleArn,
          sessionName: input.RoleSessionName,
          token: input.WebIdentityToken,
          durationSeconds: input.DurationSeconds,
        });
        return {
          ...describedSession(accountId, session),
          SubjectFromWebIdentityToken: session.subject,
          Audience: session.audience,
        };
      },
    ),
  };
}

function describedSession(accountId: string, session: Session) {
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.endsAtMs),
    },
    AssumedRoleUser: {
      Arn: `arn:aws:sts::${accountId}:assumed-role/${session.roleName}/${session.sessionName}`,
      AssumedRoleId: `${session.accessKeyId}:${session.sessionName}`,
    },
  };
}
