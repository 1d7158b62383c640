import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Iam } from "../../iam/model/iam";
import type { GitHubIssuer } from "./web-identity";

/** Seconds of a session: the least, and the default (aws-rules I13). */
const MIN_SECONDS = 900;
export const DEFAULT_SECONDS = 3_600;
/**
 * No session is shorter, in real milliseconds: what a deploy does between AWS's waits does not run faster in a
 * rehearsal, however fast AWS's time passes.
 */
const LEAST_REAL_MS = 10 * 60_000;

export interface SessionRequest {
  roleArn: string;
  sessionName: string;
  token: string;
  /** AWS seconds. */
  durationSeconds: number;
}

/** Temporary keys of a role that somebody took. */
export interface Session {
  roleName: string;
  sessionName: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Unix milliseconds of this machine, after which the keys are refused. */
  endsAtMs: number;
}

/** Security Token Service: gives temporary keys of roles to those whom the roles trust. */
export class Sts {
  /** The sessions, by access key. */
  readonly #sessions = new Map<string, Session>();

  /** @param now Unix milliseconds */
  constructor(
    private readonly context: CloudContext,
    private readonly iam: Iam,
    readonly gitHub: GitHubIssuer,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the session of a key, over or not. */
  session(accessKeyId: string): Session | undefined {
    return this.#sessions.get(accessKeyId);
  }

  isOver({ endsAtMs }: Session): boolean {
    return endsAtMs <= this.now();
  }

  /**
   * Gives a session to the bearer of a token whose issuer and claims the role trusts (I10 to I13, I18).
   * @throws AwsError InvalidIdentityToken, ExpiredTokenException, AccessDenied, ValidationError
   */
  async assumeRoleWithWebIdentity(request: SessionRequest): Promise<Session & { subject: string; audience: string }> {
    const { roleArn, sessionName, token, durationSeconds } = request;
    const claims = await this.gitHub.claimsOf(token);
    if (!claims)
      throw new AwsError("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider");
    const provider = this.iam.oidcProviders.withUrl(claims.iss);
    if (!provider) {
      throw new AwsError("InvalidIdentityToken", `No OpenIDConnect provider found in your account for ${claims.iss}`);
    }
    if (claims.exp * 1000 < Date.now()) throw new AwsError("ExpiredTokenException", "Token expired");
    if (!provider.clientIds.includes(claims.aud))
      throw new AwsError("InvalidIdentityToken", "Incorrect token audience");
    const roleName = this.iam.roleNameOfArn(roleArn);
    const { aud, sub, ref } = claims;
    // AWS tells nobody from outside whether a role exists.
    if (roleName === undefined || !this.iam.trustsToken(roleName, provider.arn, { aud, sub, ref }))
      throw new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    this.#assertDuration(roleName, durationSeconds);
    const session = this.#start(roleName, sessionName, durationSeconds);
    return { ...session, subject: sub, audience: aud };
  }

  /**
   * Gives a session to a caller of this account whom the role trusts.
   * @throws AwsError AccessDenied, also for a role that is not known everywhere yet (I7); ValidationError
   */
  assumeRole(request: Omit<SessionRequest, "token">, callerArn: string): Session {
    const { roleArn, sessionName, durationSeconds } = request;
    const roleName = this.iam.roleNameOfArn(roleArn);
    if (roleName === undefined || !this.iam.trustsCaller(roleName, callerArn))
      throw new AwsError(
        "AccessDenied",
        `User: ${callerArn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      );
    this.#assertDuration(roleName, durationSeconds);
    return this.#start(roleName, sessionName, durationSeconds);
  }

  #assertDuration(roleName: string, seconds: number): void {
    if (seconds < MIN_SECONDS) {
      throw new AwsError(
        "ValidationError",
        `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${MIN_SECONDS}`,
      );
    }
    if (seconds > this.iam.roles.get(roleName).maxSessionDuration) {
      throw new AwsError(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    }
  }

  #start(roleName: string, sessionName: string, seconds: number): Session {
    const { random, clock } = this.context;
    const session: Session = {
      roleName,
      sessionName,
      accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
      secretAccessKey: random.hex(40),
      sessionToken: random.hex(64),
      endsAtMs: this.now() + Math.max(clock.realMs(seconds), LEAST_REAL_MS),
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }
}
