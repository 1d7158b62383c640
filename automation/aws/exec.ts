import {
  AccessDeniedException,
  ECSClient,
  ExecuteCommandCommand,
  InvalidParameterException,
  TargetNotConnectedException,
} from "@aws-sdk/client-ecs";
import { UserError } from "../../components/core/user-error";
import { LOOK_LIMITS } from "../core/aws-limits";
import type { ExecRequest, ExecSession, SessionStarter } from "../ports/exec";

/** Starts sessions through ECS, which has SSM open them. */
export class AwsSessionStarter implements SessionStarter {
  readonly #ecs: ECSClient;

  constructor(region: string) {
    this.#ecs = new ECSClient({ region, ...LOOK_LIMITS });
  }

  async start({ cluster, task, container, command }: ExecRequest): Promise<ExecSession> {
    try {
      const { session } = await this.#ecs.send(
        // ECS has no other sessions than interactive ones (aws-rules C49).
        new ExecuteCommandCommand({ cluster, task, container, command, interactive: true }),
      );
      const { sessionId = "", streamUrl = "", tokenValue = "" } = session ?? {};
      return { id: sessionId, url: streamUrl, token: tokenValue };
    } catch (error) {
      const why = reasonOf(error, task);
      throw why === null ? error : new UserError(why, { exitCode: 1 });
    }
  }
}

function reasonOf(error: unknown, task: string): string | null {
  if (error instanceof AccessDeniedException)
    return `no session: ${error.message} (docs/services.md, "A shell in a task", has the statement that a person needs)`;
  if (error instanceof TargetNotConnectedException)
    return `no session: SSM does not reach the agent in task ${task}: its subnet needs a way to ssmmessages, by NAT or an endpoint, and its task role the permissions that \`pulumi up\` gives it (ECS: ${error.message})`;
  if (error instanceof InvalidParameterException) return `no session: ${error.message}`;
  return null;
}
