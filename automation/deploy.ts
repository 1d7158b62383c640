import { hostname, userInfo } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../components/user-error";
import type { DeployTools, Situation, StepContext } from "./context";
import { DeployFailed } from "./deploy-failed";
import { NO_PROGRESS } from "./plan";
import { type Journal, run, write } from "./run";
import type { DeployStore, Holder, Lease } from "./store/deploy-store";
import type { ImageRequest, Wish } from "./wish";

/**
 * A whole deploy: lease, journal, steps, and the closing line, whatever happens.
 * @throws UserError (wrong use), LeaseHeldError, DeployFailed
 */
export async function deploy(tools: DeployTools, store: DeployStore, requests: ImageRequest[]): Promise<void> {
  const { stack, clock, emit } = tools;
  const context: StepContext = { ...tools, migrations: store };
  const asked = Object.fromEntries(requests.map(({ service, image }) => [service, image]));
  const lease = await store.acquire(
    holder(`deploy ${requests.map(({ service, image }) => `${service}=${image}`).join(" ")}`),
  );
  const startedMs = clock.now();
  const journal: Journal = { deploy: deployId(startedMs, lease), store, lease };
  let situation: Situation | null = null;
  try {
    situation = await begin(context, requests);
    emit({ type: "deployStarted", atMs: clock.now(), deploy: journal.deploy, stack: stack.name, releases: asked });
    await write(journal, {
      atMs: clock.now(),
      kind: "opened",
      deploy: journal.deploy,
      who: whoAmI(),
      wish: situation.wish,
      live: situation.live,
    });
    await run(context, situation, journal, (next) => {
      situation = next;
    });
    await finish(null, "");
  } catch (error) {
    if (situation)
      await finish(
        error,
        error instanceof DeployFailed ? `${error.message}; ${error.production}` : (error as Error).message,
      );
    throw error;
  } finally {
    await lease.release();
  }

  async function finish(error: unknown, reason: string): Promise<void> {
    const ok = error === null;
    await write(journal, { atMs: clock.now(), kind: "closed", ok, reason });
    const active = Object.fromEntries(
      Object.entries(situation!.outputs.live.services).map(([name, service]) => [name, service.active]),
    );
    const failedStep = error instanceof DeployFailed ? error.step : null;
    emit({
      type: "deployEnded",
      atMs: clock.now(),
      ok,
      totalSeconds: (clock.now() - startedMs) / 1000,
      failedStep,
      reason,
      active,
    });
  }
}

/** Reads where the stack stands. The wish is not pinned yet: only the registry knows the digests. */
async function begin({ stack, settings }: StepContext, requests: ImageRequest[]): Promise<Situation> {
  const outputs = await stack.outputs();
  if (!outputs)
    throw new UserError(
      `stack "${stack.name}" has no infrastructure yet: run \`pulumi up --stack ${stack.name}\` first`,
    );
  const missing = requests
    .filter(({ service }) => outputs.services[service] === undefined)
    .map(({ service }) => service);
  if (missing.length > 0)
    throw new UserError(
      `${missing.join(", ")} is in the settings but not in the stack yet: run \`pulumi up --stack ${stack.name}\` first`,
    );
  const known = Object.keys(settings.services);
  if (!isDeepStrictEqual(known.sort(), Object.keys(outputs.services).sort())) {
    throw new UserError(
      `the settings have ${known.join(", ")}, the stack has ${Object.keys(outputs.services).join(", ")}: run \`pulumi up --stack ${stack.name}\` first, so that a deploy changes nothing else`,
    );
  }
  const unpinned: Wish = Object.fromEntries(
    requests.map(({ service, image }) => [service, { image: "", name: image }]),
  );
  return { requests, wish: unpinned, outputs, live: outputs.live, progress: NO_PROGRESS, running: {} };
}

function holder(what: string): Holder {
  return { who: whoAmI(), host: hostname(), pid: process.pid, what };
}

function whoAmI(): string {
  return process.env.GITHUB_ACTOR ?? `${userInfo().username}@${hostname()}`;
}

/** Sorts by time and is unique by its lease: `20261125T093000Z-7`. */
function deployId(nowMs: number, { fencing }: Lease): string {
  return `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "")}-${fencing}`;
}
