import { join } from "shlex";
import type { Colour } from "../../components/core/colour-name";
import { AwsSessionStarter } from "../aws/exec";
import { AwsObserver } from "../aws/observer";
import { LOOK_LIMITS } from "../core/aws-limits";
import { StepFailed, Stopped } from "../core/errors";
import { onStopSignal } from "../core/process/stop-signals";
import { chooseTarget } from "../exec/choose-target";
import { Session } from "../exec/session";
import { connectInput, INTERRUPT, outputTo } from "../exec/terminal";
import type { ExecSession } from "../ports/exec";
import { serviceIn, stackOutputs } from "./stack-outputs";

export interface ExecOptions {
  stack: string;
  colour?: Colour;
  release?: string;
  task?: string;
  container?: string;
}

export async function runExec(service: string, command: readonly string[], options: ExecOptions): Promise<void> {
  const outputs = await stackOutputs(options.stack);
  serviceIn(outputs, service);
  const observer = new AwsObserver(outputs.region, LOOK_LIMITS);
  const { cluster, task, container, colour, release } = await chooseTarget(observer, outputs, { ...options, service });
  const starter = new AwsSessionStarter(outputs.region);
  const session = await starter.start({ cluster, task, container, command: join(command) });
  const { stdin, stderr } = process;
  if (stdin.isTTY)
    stderr.write(`${container} in task ${task} (${colour} ${release}). The session is logged as ${session.id}.\n`);
  await attached(session);
}

/** Connects this process's terminal with the session, until the session ends or this process is told to. */
async function attached(opened: ExecSession): Promise<void> {
  const { stdin, stdout } = process;
  let disconnect = () => {};
  let stoppedBy: string | undefined;
  const session = new Session(opened, {
    onOutput: outputTo(stdout),
    onReady: () => {
      disconnect = connectInput(stdin, stdout, session);
    },
  });
  const leave = (signal: NodeJS.Signals) => {
    stoppedBy = signal;
    session.close();
  };
  // Without a terminal Ctrl-C is a signal here; the command gets it, and a second one ends this client.
  const stopListening = onStopSignal(
    (signal) => (signal === "SIGINT" && session.isReady ? void session.input(INTERRUPT) : leave(signal)),
    leave,
  );
  try {
    const reason = await session.ended;
    if (stoppedBy !== undefined) throw new Stopped(stoppedBy);
    // SSM gives a reason only where something ended the session, and not the command.
    if (reason !== "") throw new StepFailed(`SSM ended the session: ${reason.trim()}`);
  } finally {
    stopListening();
    disconnect();
  }
}
