import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsResponse,
} from "@aws-sdk/client-cloudwatch-logs";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/*
 * The test that a deploy runs while both colours take messages:
 *
 *     QUEUE_URL=https://sqs... LOG_GROUP=... RELEASE=2.0.0 AWS_REGION=... node -r ts-node/register services/mailer/deploy-test/main.ts
 *
 * It sends probe messages, `deploy-test-...`, until the log says that the new release has handled one, and looks at what was done. Where that takes
 * longer than LIMIT_SECONDS (default 60), because others wait before them, any other message that it has handled is enough. Exit code 0: all right;
 * 1: one line on stderr, after LIMIT_SECONDS if no message was handled; 2: wrong environment. Needs sqs:SendMessage on the queue and logs:FilterLogEvents on the log group.
 */

/** Log lines are some 5 s on their way; the old release takes its share of the probes. */
const DEFAULT_LIMIT_SECONDS = 60;

/** Between two looks at the log: below the 10 requests/s that an account may make in a region. */
const PAUSE_MS = 500;

/** Between two rounds of probes: as long as a line is on its way. They stay in the queue, so there are no more than a test needs. */
const ROUND_MS = 5_000;

/** Of one round: with two colours of the same size, the old one takes all of them once in 30 rounds. */
const PROBES = 5;

/** How far the clocks of this machine and of the log may differ. */
const CLOCK_SLACK_MS = 60_000;

/** The log line of a message. */
interface Line {
  event: string;
  id: string;
  release: string;
  bytes: number;
}

class DeployTest {
  readonly #sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  readonly #logs = new CloudWatchLogsClient();
  readonly #run = `deploy-test-${randomUUID()}`;
  readonly #startedAt = Date.now();
  #sent = 0;

  constructor(
    private readonly queueUrl: string,
    private readonly logGroup: string,
    private readonly release: string,
    private readonly limitSeconds: number,
  ) {}

  /** What was found. Throws an Error, in one line, when the new release handles no message, or one wrongly. */
  async run(): Promise<string> {
    let done: Line[] = [];
    let nextRoundAt = this.#startedAt;
    while (Date.now() - this.#startedAt < this.limitSeconds * 1000) {
      if (Date.now() >= nextRoundAt) {
        await this.#sendProbes();
        nextRoundAt = Date.now() + ROUND_MS;
      }
      await sleep(PAUSE_MS);
      done = await this.#probesDone();
      const own = done.find(({ release }) => release === this.release);
      if (own) return this.#checked(own);
    }
    const other = await this.#anyDone();
    if (other) return `release ${this.release} handled message ${other.id}; the probes wait behind other messages`;
    const others = done.length === 0 ? "nobody handled one" : `others handled ${done.length}: ${countsOf(done)}`;
    throw new Error(
      `release ${this.release} handled no message within ${this.limitSeconds} s; of ${this.#sent} probe messages ${others}`,
    );
  }

  #checked({ id, bytes }: Line): string {
    const mail = mailOf(id);
    if (bytes !== mail.length) throw new Error(`message ${id}: wanted a mail of ${mail.length} bytes, got ${bytes}`);
    return `release ${this.release} handled message ${id}`;
  }

  async #sendProbes(): Promise<void> {
    const sends = Array.from({ length: PROBES }, () => {
      this.#sent += 1;
      const MessageBody = JSON.stringify(jobOf(`${this.#run}-${this.#sent}`));
      return this.#sqs.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody }));
    });
    await Promise.all(sends);
  }

  /** The lines of probes that were handled, by any release. */
  async #probesDone(): Promise<Line[]> {
    const lines: Line[] = [];
    for await (const line of this.#done(`"${this.#run}"`)) if (String(line.id).startsWith(this.#run)) lines.push(line);
    return lines;
  }

  /** A line of any message that the new release has handled: where many wait, the probes wait behind them. */
  async #anyDone(): Promise<Line | undefined> {
    for await (const line of this.#done(`"jobDone" "${this.release}"`)) if (line.release === this.release) return line;
    return undefined;
  }

  async *#done(filterPattern: string): AsyncGenerator<Line> {
    let nextToken: string | undefined;
    do {
      const page: FilterLogEventsResponse = await this.#logs.send(
        new FilterLogEventsCommand({
          logGroupName: this.logGroup,
          startTime: this.#startedAt - CLOCK_SLACK_MS,
          filterPattern,
          nextToken,
        }),
      );
      for (const { message = "" } of page.events ?? []) {
        for (const line of lineOf(message)) if (line.event === "jobDone") yield line;
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
}

function jobOf(id: string): { id: string; to: string; subject: string } {
  return { id, to: "deploy-test@example.jp", subject: "A probe of a deploy" };
}

/** As the mailer has to write it. */
function mailOf(id: string): Buffer {
  const { to, subject } = jobOf(id);
  return Buffer.from(`Message-ID: <${id}@example.jp>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n`);
}

function lineOf(message: string): Line[] {
  try {
    return [JSON.parse(message) as Line];
  } catch {
    return [];
  }
}

function countsOf(lines: Line[]): string {
  const counts = new Map<string, number>();
  for (const { release } of lines) counts.set(release, (counts.get(release) ?? 0) + 1);
  return [...counts].map(([release, count]) => `${release} ${count}`).join(", ");
}

async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const { QUEUE_URL = "", LOG_GROUP = "", RELEASE = "", LIMIT_SECONDS = DEFAULT_LIMIT_SECONDS } = environment;
  const limitSeconds = Number(LIMIT_SECONDS);
  if (!URL.canParse(QUEUE_URL) || LOG_GROUP === "" || RELEASE === "" || !(limitSeconds > 0)) {
    console.error(
      "deploy test: QUEUE_URL, LOG_GROUP and RELEASE must be set; LIMIT_SECONDS, if set, to a number above 0",
    );
    return 2;
  }
  try {
    console.log(`deploy test: ${await new DeployTest(QUEUE_URL, LOG_GROUP, RELEASE, limitSeconds).run()}`);
    return 0;
  } catch (error) {
    const { name, message } = error as Error;
    console.error(`deploy test: ${name === "Error" ? "" : `${name}: `}${message.split("\n", 1)[0]}`);
    return 1;
  }
}

main(process.env).then(
  // Without waiting for kept-alive connections.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
