import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import type { CloudContext } from "../../../kernel/context";
import type { Logs, Permissions } from "../../../kernel/ports";
import type { Cluster } from "./cluster";
import type { ContainerDefinition } from "./container-definition";
import { taskRoleOf } from "./exec-checks";
import type { Task } from "./task";

/** What the agent needs to write a session to a log group (C48). */
const ACTIONS = ["logs:DescribeLogGroups", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];

export interface ExecLogPorts {
  context: CloudContext;
  permissions: Permissions;
  logs: Logs;
}

/**
 * The log of one session: a stream of its own, in the cluster's log group for sessions or, without one, in that of the
 * container. The agent writes it with the task's role; if it may not, the session goes on and nothing is logged (C48).
 */
export class ExecLog {
  readonly #write: (line: string) => void;
  /** A character may come in two parts. */
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(
    { context, permissions, logs }: ExecLogPorts,
    {
      cluster,
      task,
      container,
      sessionId,
    }: { cluster: Cluster; task: Task; container: ContainerDefinition; sessionId: string },
  ) {
    const group = cluster.execLogGroup ?? container.logConfiguration?.options["awslogs-group"];
    const problem = group === undefined ? "there is no log group for it" : refusal(group);
    if (problem !== undefined) context.log(`session ${sessionId} is not logged: ${problem}`);
    this.#write = (line) => problem === undefined && logs.append(group!, sessionId, line);

    function refusal(name: string): string | undefined {
      if (!logs.exists(name)) return `log group ${name} does not exist`;
      const { region, accountId } = context;
      const arn = `arn:aws:logs:${region}:${accountId}:log-group:${name}:log-stream:${sessionId}`;
      const role = taskRoleOf(permissions, task.definition);
      const resourceOf = (action: string) => (action === "logs:DescribeLogGroups" ? "*" : arn);
      const refused = ACTIONS.find(
        (action) => role === undefined || !permissions.allows(role, action, resourceOf(action)),
      );
      return refused && `role ${role ?? "(none)"} is not authorized to perform: ${refused} on ${resourceOf(refused)}`;
    }
  }

  /** Takes what the terminal shows: the output and, as terminals echo it, what is typed. */
  add(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
  }

  #line(line: string): void {
    this.#write(stripVTControlCharacters(line).trimEnd());
  }
}
