/** Opens sessions of ECS Exec. */
export interface SessionStarter {
  /** @throws UserError with what refused it: ECS, IAM or SSM */
  start(target: ExecRequest): Promise<ExecSession>;
}

export interface ExecRequest {
  cluster: string;
  /** The task's id. */
  task: string;
  container: string;
  /** One line, which the agent splits into words. */
  command: string;
}

/** A session that waits for its client. */
export interface ExecSession {
  id: string;
  /** Where its data channel is: a WebSocket. */
  url: string;
  /** Opens the data channel, once. It is a secret. */
  token: string;
}
