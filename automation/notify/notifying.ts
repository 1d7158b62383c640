import type { Settings } from "../../components/settings/settings";
import type { DeployEvent } from "../ports/events";
import type * as openNotifications from "./open-notifications";

interface Notices {
  /** Takes the place of `output`, to which it passes every event on. */
  emit(event: DeployEvent): void;
  /** Resolves when everybody has been notified, or the time for that is over. */
  settled(): Promise<void>;
}

interface Surroundings {
  link: string | null;
  region: string;
  output(event: DeployEvent): void;
}

/** Notifies those whom the settings name of what a run's events report. */
export function notifying(notify: Settings["notify"], { link, region, output }: Surroundings): Notices {
  if (notify.length === 0) return { emit: output, settled: async () => {} };
  const warn = (message: string) => output({ type: "warning", atMs: Date.now(), message });
  const notifications = late.openNotifications().openNotifications(notify, { link, region, warn });
  return {
    emit(event) {
      output(event);
      notifications.take(event);
    },
    settled: notifications.settled,
  };
}

/** Loaded only if there is somebody to notify: the clients take a while. */
const late = {
  openNotifications: (): typeof openNotifications => require("./open-notifications"),
};

/** The link that was given, else the run's page on GitHub Actions, else null. */
export function linkOf(given: string | undefined, environment: NodeJS.ProcessEnv): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  if (given !== undefined) return given;
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return null;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
