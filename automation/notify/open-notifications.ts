import type { Settings } from "../../components/settings/settings";
import { commitOf } from "../core/process/commit-of";
import { whoAmI } from "../core/process/who-am-i";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import type { DeployEvent } from "../ports/events";
import type { SecretReader } from "../ports/secret-reader";
import { Dispatch } from "./dispatch";
import { GithubDeployment } from "./github-deployment";
import type { Notifier } from "./notification";
import { notificationsOf } from "./notifications";
import { Topic } from "./topic";
import { Webhook } from "./webhook";

interface OpenOptions {
  /** URL of the run's page; null if there is none. */
  link: string | null;
  secretReader: SecretReader;
  /** Called if a notification could not be sent. */
  warn(message: string): void;
}

/** Opens the destinations in the settings. `take` sends them the notification of an event. */
export function openNotifications(notify: Settings["notify"], { link, secretReader, warn }: OpenOptions) {
  const dispatch = new Dispatch(openNotifiers(notify, secretReader), warn);
  const notificationOf = notificationsOf({ who: whoAmI(), link });
  return {
    take(event: DeployEvent): void {
      const notification = notificationOf(event);
      if (notification) dispatch.send(notification);
    },
    settled: () => dispatch.settled(),
  };
}

function openNotifiers(notify: Settings["notify"], secretReader: SecretReader): Notifier[] {
  const { GITHUB_TOKEN, GITHUB_API_URL = "https://api.github.com" } = process.env;
  return notify.flatMap(({ webhook, slack, sns, githubDeployment }) => [
    ...(webhook === undefined ? [] : [new Webhook("webhook", webhook, secretReader)]),
    ...(slack === undefined ? [] : [new Webhook("slack", slack, secretReader)]),
    ...(sns === undefined ? [] : [new Topic(sns)]),
    ...(githubDeployment === undefined
      ? []
      : [
          new GithubDeployment({
            repository: githubDeployment,
            token: GITHUB_TOKEN,
            commit: () => commitOf(PROJECT_DIRECTORY),
            apiUrl: GITHUB_API_URL,
          }),
        ]),
  ]);
}
