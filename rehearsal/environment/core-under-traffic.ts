import { CORE, streamsOf } from "../traffic/streams";
import type { Traffic } from "../traffic/traffic";
import type { StoredTable, TrafficStream } from "../traffic/types";
import { DOMAIN } from "./cloud-args";
import { completedDeploy } from "./completed-deploy";
import type { RehearsalEnvironment } from "./environment";
import { deployOtherServices } from "./other-services";
import type { NextRelease } from "./releases";
import { storedTables } from "./stored-tables";

interface CoreUnderTraffic {
  traffic: Traffic;
  streams: TrafficStream[];
  /** The tables that clients have stored something in until now. */
  tables(): Promise<StoredTable[]>;
  /** Seconds that a deploy takes that nothing disturbs. */
  usualSeconds: number;
}

/**
 * Creates the stack, deploys the core service twice, so that a rollback has a release to go back to, and starts
 * traffic to it.
 * @param others services of the settings that get a release, and no traffic
 * @throws UserError when the traffic does not flow at this rate
 */
export async function putCoreUnderTraffic(
  environment: RehearsalEnvironment,
  ratePerSecond: number,
  others: readonly string[] = [],
): Promise<CoreUnderTraffic> {
  const streams = streamsOf({ ratePerSecond, services: [CORE], domain: DOMAIN });
  environment.prepareTraffic(streams);
  await environment.createStack();
  await deployOtherServices(environment, others);
  let usualSeconds = 0;
  for (let deploy = 0; deploy < 2; deploy++) {
    usualSeconds = (await completedDeploy(environment, [(await nextOfCore(environment)).argument])).seconds;
  }
  const traffic = await environment.startTraffic();
  await traffic.untilFlowing(environment.signal);
  await traffic.untilSteady(environment.signal);
  const tables = () => storedTables(environment.variables.AWS_ENDPOINT_URL!, environment.settingsFile, streams);
  return { traffic, streams, tables, usualSeconds };
}

/** Pushes the next release of the core service. */
export async function nextOfCore(environment: RehearsalEnvironment): Promise<NextRelease> {
  const [release] = await environment.nextReleases([CORE]);
  return release!;
}
