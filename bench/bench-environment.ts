import { join } from "node:path";
import type { Document } from "yaml";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";
import { RehearsalEnvironment } from "../rehearsal/environment/environment";
import { serviceFolder } from "../rehearsal/images/build-image";

export const SERVICE = "users";
/** Differs from the rehearsal's own, so that both can run at a time. */
export const PLACE = { loopback: "127.66", portOffset: 36_000 };
/** AWS's own times are not what is measured. */
const SPEED = 100;

interface BenchOptions {
  /** AWS seconds in one real second. Default 100. */
  speed?: number;
  /** AWS seconds that an instance takes to boot; null for as many as in a rehearsal. Default 0. */
  bootSeconds?: number | null;
  /** Whether the service keeps what it has in a database, which each release migrates. Default true. */
  hasDatabases?: boolean;
  /** Changes the settings before the stack is created. */
  settings?(document: Document): void;
  /** Called before the stack is created. */
  before?(environment: RehearsalEnvironment): void;
  signal: AbortSignal;
}

/**
 * Runs `work` in an environment without avoidable waits: instances boot at once, and there is no drain and no test.
 * The stack exists.
 * @param work gets the seconds that the first `up` took
 */
export function benchEnvironment<Result>(
  name: string,
  { speed = SPEED, bootSeconds = 0, hasDatabases = true, settings: change, before, signal }: BenchOptions,
  work: (environment: RehearsalEnvironment, upSeconds: number) => Promise<Result>,
): Promise<Result> {
  const boot = bootSeconds === null ? {} : { bootSeconds };
  const options = {
    directory: join(PROJECT_DIRECTORY, "out", "bench", name),
    cloud: { ...PLACE, speed, seed: 1, ...boot },
    settings: { cutover: "routed", drainSeconds: 0, services: [SERVICE], hasDatabases },
    signal,
  };
  return RehearsalEnvironment.use(RehearsalEnvironment.start(options), async (environment) => {
    await environment.changeSettings((document) => {
      document.deleteIn(["config", "aoshingo:services", SERVICE, "test"]);
      change?.(document);
    });
    before?.(environment);
    const startedMs = performance.now();
    await environment.createStack();
    return work(environment, (performance.now() - startedMs) / 1000);
  });
}

/** Pushes the sample service's image to a service's repository. @returns the digest */
export function pushSample(environment: RehearsalEnvironment, tag: string, service = SERVICE): Promise<string> {
  return environment.push({ service, tag, folder: serviceFolder(SERVICE) });
}

interface EndedProcess {
  exitCode?: number;
  stdout: string;
  stderr: string;
}

/**
 * Waits for a process that was started just now.
 * @returns its output and the seconds that it took
 * @throws Error when it failed
 */
export async function timed(child: PromiseLike<EndedProcess>): Promise<{ stdout: string; seconds: number }> {
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await child;
  const seconds = (performance.now() - startedMs) / 1000;
  // Pulumi's CLI says on its output what failed.
  if (exitCode !== 0) throw new Error(`a command failed (exit code ${exitCode}): ${stderr || stdout}`);
  return { stdout, seconds };
}
