import { generateKeyPair, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";

const newKeys = promisify(generateKeyPair);

/** GitHub's issuer, as tokens name it (aws-rules I10). */
const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
/** What a job of a pull request runs on. */
const PULL_REQUEST_REF = "refs/pull/1/merge";
/** Seconds that a token of a job may be used. */
const TOKEN_SECONDS = 300;

/** The job that asks for a token. */
export interface Job {
  /** `owner/name`, as GitHub spells it. */
  repository: string;
  /** Numbers of owner and repository, in tokens of repositories that have the newer form of `sub` (I11, I12). */
  ids?: { owner: number; repository: number };
  /** The GitHub environment of the job; such a job's `sub` names no branch. */
  environment?: string;
  /** What the job runs on, such as `refs/heads/main`. Default: the job is of a pull request. */
  ref?: string;
}

export interface Claims {
  iss: string;
  aud: string;
  sub: string;
  /** Git ref that the job runs on; for a pull request `refs/pull/NUMBER/merge` (I18). */
  ref: string;
  /** Unix seconds. */
  exp: number;
}

/** GitHub's part in the trust of an account: it gives jobs signed tokens that say who they are. */
export class GitHubIssuer {
  #keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined;

  /** Returns the token of a job, a JWT signed with RS256. */
  async token(job: Job, audience: string): Promise<string> {
    const { privateKey } = await this.#keyPair();
    const now = Math.floor(Date.now() / 1000);
    const claims: Claims & Record<string, unknown> = {
      ...{ iss: GITHUB_ISSUER, aud: audience, sub: subjectOf(job), ref: job.ref ?? PULL_REQUEST_REF },
      ...{ iat: now, nbf: now, exp: now + TOKEN_SECONDS, repository: job.repository },
      ...(job.environment === undefined ? {} : { environment: job.environment }),
    };
    const signed = `${encode({ typ: "JWT", alg: "RS256", kid: "rehearsal" })}.${encode(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  }

  /** Returns a token's claims; null if it is no token or its issuer did not sign it. */
  async claimsOf(token: string): Promise<Claims | null> {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const claims = decode(payload);
    if (claims === null) return null;
    const { publicKey } = await this.#keyPair();
    const isSigned = verify(
      "sha256",
      Buffer.from(`${header}.${payload}`),
      publicKey,
      Buffer.from(signature, "base64url"),
    );
    return isSigned ? claims : null;
  }

  /** Made for the first token, because it takes a while. */
  #keyPair() {
    this.#keys ??= newKeys("rsa", { modulusLength: 2048 });
    return this.#keys;
  }
}

/** Returns the `sub` claim of a job's token (I11, I12). */
function subjectOf({ repository, ids, environment, ref }: Job): string {
  const [owner, name] = repository.split("/");
  const place = ids ? `${owner}@${ids.owner}/${name}@${ids.repository}` : repository;
  const what =
    environment === undefined ? (ref === undefined ? "pull_request" : `ref:${ref}`) : `environment:${environment}`;
  return `repo:${place}:${what}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(payload: string): Claims | null {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
  } catch {
    return null;
  }
}
