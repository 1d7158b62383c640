import type { Settings } from "../../components/settings/settings";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { commitOf } from "../deploy/session";
import { GithubDeployment } from "./github-deployment";
import type { Notifier } from "./notification";
import { Topic } from "./topic";
import { Webhook } from "./webhook";

/**
 * Those that the settings name.
 * @public loaded by require, which the search for unused exports does not see
 */
export function openNotifiers(notify: Settings["notify"], region: string, environment = process.env): Notifier[] {
  return notify.flatMap(({ webhook, slack, sns, githubDeployment }) => [
    ...(webhook === undefined ? [] : [new Webhook("webhook", webhook, region)]),
    ...(slack === undefined ? [] : [new Webhook("slack", slack, region)]),
    ...(sns === undefined ? [] : [new Topic(sns)]),
    ...(githubDeployment === undefined
      ? []
      : [
          new GithubDeployment({
            repository: githubDeployment,
            token: environment.GITHUB_TOKEN,
            commit: () => commitOf(PROJECT_DIRECTORY),
            apiUrl: environment.GITHUB_API_URL ?? "https://api.github.com",
          }),
        ]),
  ]);
}
