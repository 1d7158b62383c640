import { authorityEnvironment, proxyEnvironment } from "../../kernel/client-environment";
import type { TaskEnvironment, TaskEnvironments, TaskPlace } from "../../kernel/ports";
import type { DatabaseListeners } from "../database/database-listeners";
import { type ForwardProxy, startForwardProxy } from "../egress/forward-proxy";
import { TaskRoute, type TaskRouteParts } from "./task-route";

/** The address on which the proxies of all tasks listen. */
const ADDRESS = "127.0.0.1";

/** Temporary credentials of task roles. */
interface TaskCredentials {
  /** @returns the path of the API at which the task gets its credentials until they are revoked */
  issue(taskRoleArn: string, taskId: string): { path: string; revoke(): void };
}

export interface TaskNetworkParts extends TaskRouteParts {
  credentials: TaskCredentials | undefined;
  databases: DatabaseListeners;
  /** Called only when the API listens, which is before the first task. */
  apiUrl: () => string;
  region: string;
  /** File with the certificate of the rehearsal's own authority, PEM. */
  authorityFile: string;
  /** The cloud's log, one line at a time. */
  log(line: string): void;
}

/**
 * Gives each task what its instance and its role provide: a proxy that stands for the instance's network, databases, AWS's
 * API, and the role's credentials. A refused call is logged in the task's own log and in the cloud's, once for each reason.
 */
export class TaskNetwork implements TaskEnvironments {
  readonly #parts: TaskNetworkParts;
  readonly #proxies = new Set<ForwardProxy>();
  readonly #logged = new Set<string>();

  constructor(parts: TaskNetworkParts) {
    this.#parts = parts;
  }

  async open(task: TaskPlace): Promise<TaskEnvironment> {
    const route = new TaskRoute(task, this.#parts);
    const loggedForTask = new Set<string>();
    const proxy = await startForwardProxy({
      name: `The network of task ${task.taskId}`,
      address: ADDRESS,
      port: 0,
      route: (host, port) => route.to(host, port),
      onRefusal: ({ message }) => {
        logOnce(message, loggedForTask, task.log);
        logOnce(message, this.#logged, this.#parts.log);
      },
    });
    this.#proxies.add(proxy);
    const { network } = task;
    if (network) network.acceptProxy = proxy.accept;
    const databases = await this.#parts.databases.open(task);
    const credentials = task.taskRoleArn && this.#parts.credentials?.issue(task.taskRoleArn, task.taskId);
    return {
      environment: {
        ...this.#awsEnvironment(credentials ? credentials.path : undefined),
        ...proxyEnvironment(network ? `http://${ADDRESS}:${network.proxyPort}` : proxy.url),
        ...authorityEnvironment(this.#parts.authorityFile),
      },
      hosts: databases.hosts,
      routes: databases.routes,
      close: async () => {
        if (!this.#proxies.delete(proxy)) return;
        if (credentials) credentials.revoke();
        await databases.close();
        await proxy.close();
      },
    };
  }

  /** Closes the proxies of all tasks. */
  async close(): Promise<void> {
    const proxies = [...this.#proxies];
    this.#proxies.clear();
    this.#parts.databases.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }

  #awsEnvironment(credentialsPath: string | undefined): Record<string, string> {
    const url = this.#parts.apiUrl();
    return {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: this.#parts.region,
      // Without credentials of a task role, an SDK would look for those of the instance, and nothing answers there.
      AWS_EC2_METADATA_DISABLED: "true",
      ...(credentialsPath === undefined ? {} : { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${credentialsPath}` }),
    };
  }
}

function logOnce(line: string, logged: Set<string>, log: (line: string) => void): void {
  if (logged.has(line)) return;
  logged.add(line);
  log(line);
}
