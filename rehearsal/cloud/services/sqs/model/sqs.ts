import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { Queue } from "./queue";
import { checkSettings, parseQueuePolicy, parseRedrivePolicy, type QueueSettings } from "./queue-settings";

/** AWS seconds for which the name of a deleted queue cannot be used. */
const NAME_PAUSE_SECONDS = 60;

/** The account's standard queues. */
export class Sqs {
  readonly #byName = new Map<string, Queue>();
  /** Unix milliseconds of the deletion, by name. */
  readonly #deletedAt = new Map<string, number>();

  /**
   * @param endpoint returns the start of queue URLs, which must be the URL of the rehearsal's API: the SDK's clients
   *   send requests to the host of the queue URL and ignore AWS_ENDPOINT_URL
   */
  constructor(
    readonly context: CloudContext,
    private readonly endpoint: () => string,
  ) {}

  /**
   * Creates a queue, or returns the existing one of that name if it has the same settings.
   * @throws AwsError, such as `QueueNameExists` or `QueueDeletedRecently`
   */
  create(name: string, settings: QueueSettings, policy: string | null, tags: Queue["tags"] = {}): Queue {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      throw new AwsError(
        "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
      );
    }
    checkSettings(settings);
    const existing = this.#byName.get(name);
    if (existing) {
      // Whoever made it, and with whatever tags (C54).
      if (isSame(existing, settings, policy)) return existing;
      throw new AwsError("QueueNameExists", `A queue named ${name} already exists with other attributes.`);
    }
    const freeAtMs = (this.#deletedAt.get(name) ?? 0) + this.context.clock.realMs(NAME_PAUSE_SECONDS);
    if (Date.now() < freeAtMs) {
      throw new AwsError(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      );
    }
    const queue = new Queue(name, this.arnOf(name), settings, {
      context: this.context,
      queue: (arn) => this.findByArn(arn),
    });
    this.#apply(queue, settings, policy);
    queue.tags = tags;
    this.#byName.set(name, queue);
    return queue;
  }

  urlOf({ name }: Queue): string {
    return `${this.endpoint()}/${this.context.accountId}/${name}`;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.context.region}:${this.context.accountId}:${name}`;
  }

  find(name: string): Queue | undefined {
    return this.#byName.get(name);
  }

  findByArn(arn: string): Queue | undefined {
    return [...this.#byName.values()].find((queue) => queue.arn === arn);
  }

  findByUrl(url: string): Queue | undefined {
    const [account, name] = url.split("/").slice(-2);
    return account === this.context.accountId ? this.find(name!) : undefined;
  }

  /** @throws AwsError `QueueDoesNotExist` */
  getByUrl(url: string): Queue {
    const queue = this.findByUrl(url);
    if (!queue) throw missing();
    return queue;
  }

  /** @param policy JSON; null removes the policy */
  set(url: string, settings: QueueSettings, policy: string | null): Queue {
    const queue = this.getByUrl(url);
    checkSettings(settings);
    this.#apply(queue, settings, policy);
    return queue;
  }

  /** @param policy JSON; null removes the policy */
  setPolicy(url: string, policy: string | null): void {
    const queue = this.getByUrl(url);
    this.#apply(queue, queue.settings, policy);
  }

  delete(url: string): void {
    const queue = this.getByUrl(url);
    this.#byName.delete(queue.name);
    this.#deletedAt.set(queue.name, Date.now());
    queue.close(missing());
  }

  close(): void {
    for (const queue of this.#byName.values()) queue.close();
  }

  #apply(queue: Queue, settings: QueueSettings, policy: string | null): void {
    const redrive =
      settings.redrivePolicy === null
        ? null
        : parseRedrivePolicy(settings.redrivePolicy, (arn) => this.findByArn(arn) !== undefined);
    Object.assign(queue, {
      settings,
      redrive,
      policy: policy === null ? null : parseQueuePolicy(policy),
      changedAtMs: Date.now(),
    });
  }
}

function isSame(queue: Queue, settings: QueueSettings, policy: string | null): boolean {
  return (
    JSON.stringify(queue.settings) === JSON.stringify(settings) && (policy === null || queue.policy?.json === policy)
  );
}

function missing(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}
