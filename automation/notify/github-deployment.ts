import { z } from "zod";
import { mapValues } from "../../components/core/map-values";
import { parseJson } from "../../components/core/parse-json";
import { withoutAccounts } from "../core/without-accounts";
import { requestJson } from "./http";
import type { Notification, Notifier } from "./notification";
import { githubStatus } from "./texts";

/** Number of an environment's newest deployments in which that of a resumed run is searched. */
const DEPLOYMENTS_READ = 30;

const deploymentSchema = z.object({ id: z.number(), payload: z.unknown() });
type Deployment = z.output<typeof deploymentSchema>;

export interface GithubDeploymentOptions {
  /** `owner/name`. */
  repository: string;
  /** A token that may write deployments. */
  token: string | undefined;
  /** Returns the commit of the checkout; null outside git. */
  commit(): Promise<string | null>;
  /** URL of GitHub's API. */
  apiUrl: string;
}

/**
 * Shows a run as a deployment of a GitHub repository, with the stack as its environment and each notification as a
 * status. The deployment's payload has the run's id, so that a process that resumes the run finds the same deployment.
 */
export class GithubDeployment implements Notifier {
  readonly name: string;
  #deployment: Promise<number> | undefined;

  constructor(private readonly options: GithubDeploymentOptions) {
    this.name = `githubDeployment (${options.repository})`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<void> {
    this.#deployment ??= this.#findOrCreate(notification, signal);
    const id = await this.#deployment.catch((error: unknown) => {
      this.#deployment = undefined;
      throw error;
    });
    const { link, stack } = notification;
    await this.#request("POST", `/${id}/statuses`, signal, {
      ...githubStatus(notification),
      environment: stack,
      ...(link !== null && { log_url: link }),
    });
  }

  async #findOrCreate({ stack, deploy, command, releases, who }: Notification, signal: AbortSignal): Promise<number> {
    const query = new URLSearchParams({ environment: stack, per_page: String(DEPLOYMENTS_READ) });
    const known = z.array(deploymentSchema).parse(await this.#request("GET", `?${query}`, signal));
    const same = known.find((one) => runOf(one) === deploy);
    if (same) return same.id;
    const ref = await this.options.commit();
    if (ref === null) throw new Error("there is no commit to deploy from: this is not a git checkout");
    const created = await this.#request("POST", "", signal, {
      ref,
      environment: stack,
      description: withoutAccounts(`${command} by ${who}`),
      payload: { run: deploy, releases: mapValues(releases, withoutAccounts) },
      // Without checks by GitHub: the deploy has decided already.
      auto_merge: false,
      required_contexts: [],
    });
    return deploymentSchema.parse(created).id;
  }

  async #request(method: "GET" | "POST", path: string, signal: AbortSignal, body?: object): Promise<unknown> {
    const { token, repository, apiUrl } = this.options;
    if (!token) throw new Error("GITHUB_TOKEN has no value");
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    };
    return requestJson(`${apiUrl}/repos/${repository}/deployments${path}`, {
      method,
      headers,
      signal,
      ...(body && { body }),
    });
  }
}

/** Returns the run's id in a payload. GitHub returns payloads as objects or as text. */
function runOf({ payload }: Deployment): unknown {
  const value = typeof payload === "string" && payload.startsWith("{") ? parseJson(payload) : payload;
  return (value as { run?: unknown } | null | undefined)?.run;
}
