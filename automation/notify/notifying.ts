import type { Settings } from "../../components/settings/settings";
import { whoAmI } from "../core/process/who-am-i";
import type { DeployEvent } from "../ports/events";

interface Notices {
  /** Takes the place of `output`, which it passes everything on to. */
  emit(event: DeployEvent): void;
  /** To be awaited at the end. */
  settled(): Promise<void>;
}

interface Surroundings {
  link: string | null;
  region: string;
  output(event: DeployEvent): void;
}

/** Tells those whom the settings name what a run's events say. */
export function notifying(notify: Settings["notify"], { link, region, output }: Surroundings): Notices {
  if (notify.length === 0) return { emit: output, settled: async () => {} };
  const { Dispatch } = require("./dispatch") as typeof import("./dispatch");
  const { notificationsOf } = require("./notifications") as typeof import("./notifications");
  const { openNotifiers } = require("./open-notifiers") as typeof import("./open-notifiers");
  const warn = (message: string) => output({ type: "warning", atMs: Date.now(), message });
  const dispatch = new Dispatch(openNotifiers(notify, region), warn);
  const read = notificationsOf({ who: whoAmI(), link });
  return {
    emit(event) {
      output(event);
      const notification = read(event);
      if (notification) dispatch.tell(notification);
    },
    settled: () => dispatch.settled(),
  };
}

/** As given, else the run's page on GitHub Actions, else null. */
export function linkOf(given: string | undefined, environment: NodeJS.ProcessEnv): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  if (given !== undefined) return given;
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return null;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
