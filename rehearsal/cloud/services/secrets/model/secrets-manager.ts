import { randomUUID } from "node:crypto";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

const MAX_NAME_LENGTH = 512;
const MAX_VALUE_BYTES = 65_536;
/**
 * AWS seconds for which a name is not available after a forced deletion: "soon, not at once" (aws-rules P3). Our
 * number.
 */
const FORCED_DELETION_SECONDS = 10;
const DAY_SECONDS = 86_400;
/** Versions that a secret keeps; the oldest without a label go first (aws-rules P7). */
const MAX_VERSIONS = 100;
/** The suffix that Secrets Manager appends to the name in an ARN. */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

export interface SecretVersion {
  id: string;
  value: string;
  /** Staging labels. A version without any is deprecated: it can be read by its id only. */
  stages: string[];
}

export interface Secret {
  name: string;
  arn: string;
  description: string | undefined;
  createdAtMs: number;
  changedAtMs: number;
  /** Oldest first; empty if the secret cannot be read. */
  versions: SecretVersion[];
  /** Unix milliseconds of the scheduled deletion; null if there is none. */
  deletedAtMs: number | null;
  /** The AWS service that made it and changes its value by itself (aws-rules P9); undefined for the account's own. */
  owningService: string | undefined;
}

/** Secrets Manager (aws-rules P3-P6). Values are only in memory, never in a log, an event or the engine's state. */
export class SecretsManager {
  readonly #byName = new Map<string, Secret>();

  constructor(private readonly context: CloudContext) {}

  /**
   * @param value undefined creates a secret without a version
   * @param owningService the AWS service whose secret it is, with a name that no other may have
   */
  create(name: string, value: string | undefined, description?: string, owningService?: string): Secret {
    if (name.length > MAX_NAME_LENGTH || (!owningService && !/^[\w/+=.@-]+$/.test(name))) {
      throw new AwsError(
        "ValidationException",
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
      );
    }
    if (value !== undefined) checkValue(value);
    const existing = this.#get(name);
    if (existing && existing.deletedAtMs !== null) {
      throw new AwsError(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing) {
      throw new AwsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
    }
    const { region, accountId, random } = this.context;
    const secret: Secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${random.hex(6)}`,
      description,
      createdAtMs: Date.now(),
      changedAtMs: Date.now(),
      versions: value === undefined ? [] : [{ id: randomUUID(), value, stages: [CURRENT] }],
      deletedAtMs: null,
      owningService,
    };
    this.#byName.set(name, secret);
    return secret;
  }

  /**
   * Creates a secret that exists before any stack.
   * @param id the name that the owner's settings have, or the ARN
   */
  createBeforehand(id: string, value: string): void {
    const name = id.startsWith("arn:") ? nameInArn(id) : id;
    // A service of AWS may have made it, whose names nobody else may give.
    const secret = this.create(name, value, undefined, name.includes("!") ? "rds" : undefined);
    if (id.startsWith("arn:") && SUFFIX.test(id)) secret.arn = id;
  }

  /** @param id name, ARN, or ARN without the suffix; an ARN that ends like a suffix counts as complete (P5) */
  find(id: string): Secret | undefined {
    const named = this.#get(id);
    if (named) return named;
    const isComplete = SUFFIX.test(id);
    const found = [...this.#byName.values()].find(
      ({ arn }) => arn === id || (!isComplete && arn.replace(SUFFIX, "") === id),
    );
    return found && this.#get(found.name);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(id: string): Secret {
    return orNotFound(this.find(id), "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }

  /** The new version becomes the current one, and the current one the previous one, which loses its label (P7). */
  put(id: string, value: string): { secret: Secret; version: SecretVersion } {
    checkValue(value);
    const secret = this.#undeleted(id);
    const current = secret.versions.find(({ stages }) => stages.includes(CURRENT));
    for (const version of secret.versions)
      version.stages = version.stages.filter((stage) => stage !== PREVIOUS && stage !== CURRENT);
    current?.stages.push(PREVIOUS);
    const version = { id: randomUUID(), value, stages: [CURRENT] };
    secret.versions.push(version);
    secret.changedAtMs = Date.now();
    if (secret.versions.length > MAX_VERSIONS)
      secret.versions.splice(
        secret.versions.findIndex(({ stages }) => stages.length === 0),
        1,
      );
    return { secret, version };
  }

  /**
   * @param by an id, a staging label, or neither for the current version
   * @throws AwsError if the secret is scheduled for deletion or has no such version (P4)
   */
  read(id: string, by: { versionId?: string; stage?: string } = {}): { secret: Secret; version: SecretVersion } {
    const secret = this.#undeleted(id);
    const { versionId, stage = versionId === undefined ? CURRENT : undefined } = by;
    const version = secret.versions.find(
      (one) => (versionId === undefined || one.id === versionId) && (stage === undefined || one.stages.includes(stage)),
    );
    if (version) return { secret, version };
    throw new AwsError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`}`,
    );
  }

  /** @param recoveryDays 7 to 30; null forces the deletion without recovery */
  delete(id: string, recoveryDays: number | null): Secret {
    const seconds = recoveryDays === null ? FORCED_DELETION_SECONDS : recoveryDays * DAY_SECONDS;
    return Object.assign(this.get(id), { deletedAtMs: Date.now() + this.context.clock.realMs(seconds) });
  }

  #undeleted(id: string): Secret {
    const secret = this.get(id);
    if (secret.deletedAtMs === null) return secret;
    throw new AwsError(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  /** Finds a secret by name; removes it first if the time of its deletion has come. */
  #get(name: string): Secret | undefined {
    const secret = this.#byName.get(name);
    if (!secret || secret.deletedAtMs === null || secret.deletedAtMs > Date.now()) return secret;
    this.#byName.delete(name);
    return undefined;
  }
}

/** The name of a secret, without the suffix. */
export function nameInArn(arn: string): string {
  return arn.split(":secret:")[1]!.replace(SUFFIX, "");
}

function checkValue(value: string): void {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw new AwsError("ValidationException", `A secret's value has at most ${MAX_VALUE_BYTES} bytes.`);
}
