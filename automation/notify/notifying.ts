import type { Settings } from "../../components/settings/settings";
import type { DeployEvent } from "../ports/events";
import type { SecretReader } from "../ports/secret-reader";
import type * as openNotifications from "./open-notifications";

interface Notifying {
  /** Takes the place of `output`: it passes each event on to it. */
  emit(event: DeployEvent): void;
  /** Resolves when all notifications are sent or the limit is over. */
  settled(): Promise<void>;
}

interface NotifyingOptions {
  /** URL of the run's page; null if there is none. */
  link: string | null;
  secretReader: SecretReader;
  output(event: DeployEvent): void;
}

/** Sends notifications about a run's events to the destinations in the settings. */
export function notifying(notify: Settings["notify"], { link, secretReader, output }: NotifyingOptions): Notifying {
  if (notify.length === 0) return { emit: output, settled: async () => {} };
  const warn = (message: string) => output({ type: "warning", atMs: Date.now(), message });
  const notifications = late.openNotifications().openNotifications(notify, { link, secretReader, warn });
  return {
    emit(event) {
      output(event);
      notifications.take(event);
    },
    settled: notifications.settled,
  };
}

/** Loaded only if the settings have a destination, because the clients take a while to load. */
const late = {
  openNotifications: (): typeof openNotifications => require("./open-notifications"),
};

/** Returns the given link, else the URL of the run on GitHub Actions, else null. */
export function linkOf(given: string | undefined, environment: NodeJS.ProcessEnv): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  if (given !== undefined) return given;
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return null;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
