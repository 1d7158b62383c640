import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { lastPart } from "../../../../../components/core/arn";
import { parseJson } from "../../../../../components/core/parse-json";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Logs, Permissions, Reachability } from "../../../kernel/ports";
import { hasTerminals } from "../../../processes/terminal-process";
import type { Cluster } from "./cluster";
import { checkedContainer } from "./exec-checks";
import { ExecLog } from "./exec-log";
import { ExecSession } from "./exec-session";
import type { Task } from "./task";

const LOOPBACK = "127.0.0.1";
/** Digits of a session's id, after what ECS begins it with. */
const ID_DIGITS = 17;
const TOKEN_DIGITS = 64;
/** Real milliseconds for which a session waits for its client's token. */
const TOKEN_MS = 60_000;

export interface ExecPorts {
  context: CloudContext;
  permissions: Permissions;
  reachability: Reachability;
  logs: Logs;
}

export interface ExecuteCommand {
  command: string;
  container: string | undefined;
  interactive: boolean;
}

interface Waiting {
  token: string;
  begin(socket: WebSocket): void;
  timeout: NodeJS.Timeout;
}

/** Sessions of ECS Exec, and SSM's endpoint for their data channels, which listens on this machine alone. */
export class ExecSessions {
  readonly #ports: ExecPorts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #open = new Set<ExecSession>();
  #server: Promise<WebSocketServer> | undefined;

  constructor(ports: ExecPorts) {
    this.#ports = ports;
  }

  /** @throws AwsError as ECS does (C46, C47, C49) */
  async execute(cluster: Cluster, idOrArn: string, asked: ExecuteCommand) {
    const id = lastPart(idOrArn);
    const task = cluster.tasks.find((one) => one.id === id && one.lastStatus !== "STOPPED");
    if (!task) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
    const container = checkedContainer(this.#ports, task, asked);
    const { random } = this.#ports.context;
    const sessionId = `ecs-execute-command-${random.hex(ID_DIGITS)}`;
    const token = random.hex(TOKEN_DIGITS);
    const log = new ExecLog(this.#ports, { cluster, task, container, sessionId });
    const begin = (socket: WebSocket) => this.#begin(sessionId, socket, task, container.name, asked.command, log);
    this.#assertTerminals();
    const timeout = setTimeout(() => this.#waiting.delete(sessionId), TOKEN_MS).unref();
    this.#waiting.set(sessionId, { token, begin, timeout });
    const { port } = (await this.#listen()).address() as AddressInfo;
    const streamUrl = `ws://${LOOPBACK}:${port}/v1/data-channel/${sessionId}?role=publish_subscribe`;
    return { task, container: container.name, session: { sessionId, streamUrl, tokenValue: token } };
  }

  /** Does not wait for the clients. */
  close(): void {
    for (const { timeout } of this.#waiting.values()) clearTimeout(timeout);
    for (const session of this.#open) session.end("");
    void this.#server?.then((server) => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
  }

  #assertTerminals(): void {
    if (hasTerminals()) return;
    this.#ports.context.log(
      "no session of ECS Exec: it takes the program script of util-linux, which this machine has not",
    );
    throw new AwsError(
      "TargetNotConnectedException",
      "the rehearsal cloud has no terminals on this machine: install the program script of util-linux",
    );
  }

  #listen(): Promise<WebSocketServer> {
    this.#server ??= (async () => {
      const server = new WebSocketServer({ host: LOOPBACK, port: 0 });
      server.on("connection", (socket, { url = "" }) => this.#connect(socket, url));
      await once(server, "listening");
      return server;
    })();
    return this.#server;
  }

  /** The first message of a client has the token of the session, which holds once. */
  #connect(socket: WebSocket, url: string): void {
    const [, sessionId = ""] = /^\/v1\/data-channel\/([\w-]+)/.exec(url) ?? [];
    socket.on("error", () => socket.terminate());
    socket.once("message", (bytes: Buffer) => {
      const waiting = this.#waiting.get(sessionId);
      const { TokenValue } = (parseJson(bytes.toString("utf8")) ?? {}) as { TokenValue?: unknown };
      if (waiting === undefined || waiting.token !== TokenValue) {
        socket.close(1008, "the token is not that of the session");
        return;
      }
      clearTimeout(waiting.timeout);
      this.#waiting.delete(sessionId);
      waiting.begin(socket);
    });
  }

  #begin(id: string, socket: WebSocket, task: Task, container: string, command: string, log: ExecLog): void {
    const session = new ExecSession(id, socket, (onOutput) => {
      const terminal = task.openTerminal(container, command, (bytes) => {
        log.add(bytes);
        onOutput(bytes);
      });
      void terminal.ended.then(() => log.end());
      return terminal;
    });
    this.#open.add(session);
    socket.once("close", () => this.#open.delete(session));
  }
}
