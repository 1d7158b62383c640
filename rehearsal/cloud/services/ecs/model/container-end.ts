import type { CloudContext } from "../../../kernel/context";
import type { ContainerEnded } from "../../../kernel/events";
import type { StartedContainer } from "./task-containers";
import { containerMemory, titleOf } from "./task-definition";
import { faultyTask, type TaskRequest } from "./task-request";

/** Characters of a command in messages. */
const MAX_COMMAND = 60;
/** Characters of the last line that a container wrote, in its event: such a line may hold a whole document. */
const MAX_SAID = 200;

export interface ContainerEndPorts {
  context: CloudContext;
  /** Writes one line to the cloud's log, unless it has written it before. */
  logOnce(line: string): void;
}

/** Returns why a container has ended, in ECS's words; undefined if ECS knows no more than the exit code. */
export function endReason({ container }: StartedContainer): string | undefined {
  return container.process.outOfMemory ? "OutOfMemoryError: Container killed due to memory usage" : undefined;
}

/**
 * Tells of the end of a container, and says what a person has to mend about it.
 * @param isWanted whether its task was to run on
 * @returns the event of the end
 */
export function reportEnd(
  ports: ContainerEndPorts,
  request: TaskRequest,
  ended: StartedContainer,
  isWanted: boolean,
): ContainerEnded {
  const event = endEvent(request, ended);
  ports.context.emit(event);
  const { id, definition } = request;
  const { definition: container, exitCode } = ended;
  const { ignoredTermination, outOfMemory } = ended.container.process;
  const service = definition.container.name;
  const name = titleOf(definition, container);
  /** Writes a problem of the service to the cloud's log and to its events: a rehearsal does not pass with it. */
  const report = (problem: string) => {
    ports.logOnce(problem);
    ports.context.emit({ kind: "problem", atMs: Date.now(), taskId: id, service, problem });
  };
  if (ignoredTermination !== undefined) {
    report(
      `${name} was killed without a chance to end its work: its first process (${shortened(ignoredTermination)}) has no handler for SIGTERM, and the signal goes to no other (aws-rules C19): start the program itself, without a shell or npm around it, and let it end by SIGTERM`,
    );
  }
  if (outOfMemory) {
    report(
      `${name} was killed because it used more than its ${containerMemory(definition, container)} MiB of memory (OutOfMemoryError, exit code ${exitCode}): let it use less, or raise its setting "memory"`,
    );
  } else if (isWanted && exitCode !== 0) {
    ports.logOnce(`a task of ${name} ended by itself: ${explainEnd(ended).join("; ")}`);
  }
  return event;
}

function endEvent(request: TaskRequest, ended: StartedContainer): ContainerEnded {
  const { definition, container, exitCode = 0, startedAtMs, logFile, lastLines } = ended;
  const { service, release = "" } = faultyTask(request);
  const { graceMs } = container.process;
  const atMs = Date.now();
  return {
    ...{ kind: "containerEnded", atMs, taskId: request.id, service, release, container: definition.name },
    isOfService: request.serviceName !== undefined,
    isEssential: definition.essential,
    how: howEnded(ended),
    exitCode,
    ranSeconds: (atMs - startedAtMs) / 1000,
    graceSeconds: graceMs === undefined ? null : graceMs / 1000,
    said: (exitCode !== 0 && lastLines.cause?.slice(0, MAX_SAID)) || null,
    log: logFile ?? null,
  };
}

function howEnded({ container, endedInStop }: StartedContainer): ContainerEnded["how"] {
  const { end, outOfMemory, ignoredTermination } = container.process;
  if (outOfMemory) return "outOfMemory";
  if (ignoredTermination !== undefined) return "unheard";
  return end === "byItself" && endedInStop ? "stopped" : end;
}

/** Returns what is known of the end of a container, for a person: its exit code, and what it said. */
export function explainEnd({ exitCode, lastLines }: StartedContainer): string[] {
  const exit = exitCode === undefined ? [] : [`exit code ${exitCode}`];
  const last = exitCode ? lastLines.cause : undefined;
  return [...exit, ...(last === undefined ? [] : [`its log says: ${last}`])];
}

/** A command as messages show it. */
function shortened(command: string): string {
  return command.length > MAX_COMMAND ? `${command.slice(0, MAX_COMMAND - 1)}…` : command;
}
