import { authorityEnvironment, proxyEnvironment } from "../../kernel/client-environment";
import type { TaskEnvironment, TaskEnvironments, TaskPlace } from "../../kernel/ports";
import { type ForwardProxy, startForwardProxy } from "../egress/forward-proxy";
import { TaskRoute, type TaskRouteParts } from "./task-route";

/** Where every task's proxy listens. */
const ADDRESS = "127.0.0.1";

/** Temporary keys of task roles. */
interface TaskCredentials {
  /** @returns the API's path where the task finds its keys, until they are revoked */
  issue(taskRoleArn: string, taskId: string): { path: string; revoke(): void };
}

export interface TaskNetworkParts extends TaskRouteParts {
  credentials: TaskCredentials | undefined;
  /** Known once the API listens, which is before the first task. */
  apiUrl: () => string;
  region: string;
  /** Certificate of the rehearsal's own authority, PEM. */
  authorityFile: string;
  /** The cloud's log, one line at a time. */
  log(line: string): void;
}

/**
 * What an instance and a role give to each task: a proxy that is its instance's network, AWS's interfaces, and the role's keys. A refused call is said
 * in the task's own log and in the cloud's, once for each reason.
 */
export class TaskNetwork implements TaskEnvironments {
  readonly #parts: TaskNetworkParts;
  readonly #proxies = new Set<ForwardProxy>();
  readonly #said = new Set<string>();

  constructor(parts: TaskNetworkParts) {
    this.#parts = parts;
  }

  async open(task: TaskPlace): Promise<TaskEnvironment> {
    const route = new TaskRoute(task, this.#parts);
    const saidToTask = new Set<string>();
    const proxy = await startForwardProxy({
      who: `The network of task ${task.taskId}`,
      address: ADDRESS,
      port: 0,
      route: (host, port) => route.to(host, port),
      onRefusal: ({ message }) => {
        sayOnce(message, saidToTask, task.log);
        sayOnce(message, this.#said, this.#parts.log);
      },
    });
    this.#proxies.add(proxy);
    const keys = task.taskRoleArn && this.#parts.credentials?.issue(task.taskRoleArn, task.taskId);
    return {
      environment: {
        ...this.#awsEnvironment(keys ? keys.path : undefined),
        ...proxyEnvironment(proxy.url),
        ...authorityEnvironment(this.#parts.authorityFile),
      },
      close: async () => {
        if (!this.#proxies.delete(proxy)) return;
        if (keys) keys.revoke();
        await proxy.close();
      },
    };
  }

  /** Cuts every task off. */
  async close(): Promise<void> {
    const proxies = [...this.#proxies];
    this.#proxies.clear();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }

  #awsEnvironment(credentialsPath: string | undefined): Record<string, string> {
    const url = this.#parts.apiUrl();
    return {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: this.#parts.region,
      // An SDK without keys of a task role would look for the instance's; nobody answers there.
      AWS_EC2_METADATA_DISABLED: "true",
      ...(credentialsPath === undefined ? {} : { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${credentialsPath}` }),
    };
  }
}

function sayOnce(line: string, said: Set<string>, say: (line: string) => void): void {
  if (said.has(line)) return;
  said.add(line);
  say(line);
}
