import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Live } from "../../components/live/live";
import type { UpResult } from "../ports/stack";
import { DeclaredResources } from "./declared-resources";
import { changedServices, changesInPlace } from "./in-place";
import { StackLocked } from "./recovery/lock";
import { type LeftOut, NOTHING_LEFT_OUT, RegisteredResources } from "./registered-resources";
import { watchRegistrations } from "./watch-registrations";

/**
 * Lets the engine write the state once, at the end, instead of before and after each change (pkg/backend/snapshot.go). If it
 * is killed before, the state says nothing of what it has done.
 */
export const STATE_WRITTEN_ONCE = { PULUMI_SKIP_CHECKPOINTS: "true" };

/**
 * Lets the engine ask the provider for a difference only where inputs differ from the state's (pkg/resource/deploy/step_generator.go). Right
 * after an `up` of this process nothing else can have one.
 */
const SAME_INPUTS_SAME_RESOURCE = { PULUMI_ENABLE_LEGACY_DIFF: "true" };

/**
 * How long all URNs of an `up` may be that leaves them out: each is an argument of the CLI. Windows takes 32,767 characters in all, macOS
 * 1 MiB with the environment (getconf ARG_MAX), Linux 2 MiB (execve(2)).
 */
const EXCLUDE_LIMIT = process.platform === "win32" ? 24_000 : 600_000;
const EXCLUDE_OPTION = "--exclude ";

/** How the engine is to run an `up`. */
export interface EngineRun {
  /** Variables on top of the stack's own. */
  environment: Record<string, string>;
  /** URNs of the resources that it leaves as they are. */
  exclude: string[];
  /** Ends it as a Ctrl-C does. */
  signal: AbortSignal;
}

/** The stack as an `up` of this process left it. */
interface Settled {
  live: Live;
  stamp: string;
  declared: ReadonlySet<string>;
}

/** An `up` that was to write the state once was ended before it created or deleted anything: it has to write after each change. */
export class MoreThanUpdates extends Error {
  override name = "MoreThanUpdates";
}

/**
 * Knows beforehand of which `up`s all that they do is updates in place: an `up` of this process has brought the stack to the same
 * settings with the same program, nobody has written the state since, and only sizes, routing and images change. Such an `up` writes the
 * state once (docs/decisions/state-written-once.md), and leaves out the services that stay as they are
 * (docs/decisions/unchanged-services-left-out.md).
 */
export class InPlaceUps {
  readonly #declared = new DeclaredResources();
  #registered = RegisteredResources.none();
  #settled: Settled | null = null;
  /** What the running `up` relies on; null for one that writes the state after each change. */
  #relied: Settled | null = null;
  #isRefused = false;
  #unread = new Set<string>();

  /** @param stamp returns what changes with each write of the state; null where that cannot be known */
  constructor(private readonly stamp: () => Promise<string | null>) {}

  /** Services that an `up` may have changed without the state saying so. */
  get unread(): readonly string[] {
    return [...this.#unread];
  }

  /** What AWS has of them was read. */
  haveRead(): void {
    this.#unread.clear();
  }

  /** Returns the program as the engine is to run it. By then the engine has the stack's lock, and has read the state. */
  watch(program: PulumiFn): PulumiFn {
    return async () => {
      const relied = this.#relied;
      if (relied !== null && (await this.#now()) !== relied.stamp) {
        this.#isRefused = true;
        throw new MoreThanUpdates("the state has been written since the last update");
      }
      watchRegistrations(this.#registered);
      return this.#declared.run(program, relied?.declared ?? null);
    };
  }

  /**
   * Runs an `up`.
   * @param live null leaves what is live as it is
   * @throws MoreThanUpdates; what `run` throws
   */
  async up(live: Live | null, run: (how: EngineRun) => Promise<UpResult>): Promise<UpResult> {
    const before = this.#settled;
    this.#settled = null;
    this.#isRefused = false;
    this.#relied = before && live && changesInPlace(before.live, live, before.declared) ? before : null;
    const leftOut = this.#relied ? this.#unchanged(this.#relied.live, live!) : NOTHING_LEFT_OUT;
    this.#registered = this.#registered.next(leftOut);
    try {
      const result = await run({
        environment: this.#relied ? { ...STATE_WRITTEN_ONCE, ...SAME_INPUTS_SAME_RESOURCE } : {},
        exclude: [...leftOut.values()].map(({ urn }) => urn),
        signal: this.#registered.refused,
      });
      const stamp = await this.#now();
      if (stamp !== null) this.#settled = { live: result.outputs.live, stamp, declared: this.#declared.last };
      return result;
    } catch (error) {
      if (!this.#relied || error instanceof StackLocked) throw error;
      if (!this.#isRefused) for (const service of changedServices(this.#relied.live, live!)) this.#unread.add(service);
      const isRefused = this.#isRefused || this.#declared.hasRefused || this.#registered.refused.aborted;
      throw isRefused ? new MoreThanUpdates("the update does more than change in place") : error;
    } finally {
      this.#relied = null;
    }
  }

  /** Resources of the services whose live state stays as it is; none if the CLI cannot be told of so many. */
  #unchanged(before: Live, after: Live): LeftOut {
    const leftOut = this.#registered.ofServicesBut(changedServices(before, after));
    const length = [...leftOut.values()].reduce((sum, { urn }) => sum + EXCLUDE_OPTION.length + urn.length + 1, 0);
    return length <= EXCLUDE_LIMIT ? leftOut : NOTHING_LEFT_OUT;
  }

  #now(): Promise<string | null> {
    return this.stamp().catch(() => null);
  }
}
