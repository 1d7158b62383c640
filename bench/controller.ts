import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { retired, routed, warmed } from "../automation/deploy/live-transitions";
import { writeLiveSetting } from "../automation/stack/live-setting";
import { type Colour, other } from "../components/core/colour-name";
import type { Live } from "../components/live/live";
import type { ProgramOutputs } from "../components/live/outputs";
import { STACK } from "../rehearsal/cloud/settings-source";
import { clientOptions } from "../rehearsal/environment/cloud-client";
import type { RehearsalEnvironment } from "../rehearsal/environment/environment";
import { benchEnvironment, pushSample, SERVICE, timed } from "./bench-environment";
import { type Deployed, deployed } from "./deployed";
import { type Row, row } from "./spread";

const ROUNDS = 3;
const POLL_MS = 100;

/**
 * Measures whole deploys by the deploy command, and the same three changes by plain `pulumi up --yes`, alternately in
 * one cloud. Without a database: a plain `up` migrates nothing.
 */
export function controller(signal: AbortSignal): Promise<Row[]> {
  return benchEnvironment("controller", { hasDatabases: false, signal }, async (environment) => {
    await pushSample(environment, "v0");
    await deployed(environment, [`${SERVICE}=v0`]);
    const rounds: { ours: Deployed; plain: number; noPreview: number }[] = [];
    for (let number = 1; number <= ROUNDS; number++) {
      const tag = `v${number}`;
      await pushSample(environment, tag);
      // The later one may find the machine warmer or busier, so they take turns.
      const first = number % 2 === 0 ? await plainUps(environment, `${tag}-plain`) : null;
      const ours = await deployed(environment, [`${SERVICE}=${tag}`]);
      const plain = first ?? (await plainUps(environment, `${tag}-plain`));
      rounds.push({ ours, plain, noPreview: await plainUps(environment, `${tag}-no-preview`, ["--skip-preview"]) });
    }
    const deploys = rounds.map(({ ours }) => ours.seconds);
    return [
      row("s, deploy command, whole process", deploys),
      row(
        "s, its overhead (nothing that was waited for)",
        rounds.map(({ ours }) => ours.overhead),
        "at most 3",
      ),
      row(
        "s, three `pulumi up --yes`",
        rounds.map(({ plain }) => plain),
      ),
      row(
        "  deploy is so many times faster",
        rounds.map(({ ours, plain }) => plain / ours.seconds),
        "at least 2.5",
      ),
      row(
        "  deploy's overhead is so many times less",
        rounds.map(({ ours, plain }) => plain / ours.overhead),
        "at least 5",
      ),
      row(
        "s, three `up --yes --skip-preview`",
        rounds.map(({ noPreview }) => noPreview),
      ),
      row(
        "  deploy is so many times faster",
        rounds.map(({ ours, noPreview }) => noPreview / ours.seconds),
      ),
    ];
  });
}

/** Seconds of warm, cutover and retire, each done as a person does it who edits the settings, and looks at the targets before the cutover. */
async function plainUps(environment: RehearsalEnvironment, name: string, more: string[] = []): Promise<number> {
  const digest = await pushSample(environment, name);
  const { stdout } = await timed(environment.pulumi(["stack", "output", "--json", "--stack", STACK]));
  const { live, services } = JSON.parse(stdout) as ProgramOutputs;
  const service = live.services[SERVICE]!;
  const { size, release: running } = service.colours[service.active as Colour];
  const release = { ...running!, name, image: `${services[SERVICE]!.repository.url}@${digest}` };
  const warm = warmed(live, { [SERVICE]: { release, size } });
  const flipped = routed(warm, { [SERVICE]: release }, [SERVICE]);
  let seconds = 0;
  seconds += await plainUp(environment, warm, more);
  seconds += await untilHealthy(environment, other(service.active), size);
  for (const state of [flipped, retired(flipped, [SERVICE])]) seconds += await plainUp(environment, state, more);
  return seconds;
}

/** Seconds until a colour has so many healthy targets in each of its target groups, for which no `up` waits (docs/decisions/wait-for-instances.md). */
async function untilHealthy(environment: RehearsalEnvironment, colour: Colour, size: number): Promise<number> {
  const startedMs = performance.now();
  const client = new ElasticLoadBalancingV2Client(clientOptions(environment.variables));
  for (const { arn } of environment.outputs.services[SERVICE]!.colours[colour].targetGroups)
    while ((await healthyTargets(client, arn)) < size) await delay(POLL_MS);
  client.destroy();
  return (performance.now() - startedMs) / 1000;
}

async function healthyTargets(client: ElasticLoadBalancingV2Client, TargetGroupArn: string): Promise<number> {
  const { TargetHealthDescriptions = [] } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
}

async function plainUp(environment: RehearsalEnvironment, live: Live, more: string[]): Promise<number> {
  const file = join(environment.directory, "plain.yaml");
  await copyFile(environment.settingsFile, file);
  await writeLiveSetting(file, live);
  const args = ["up", "--yes", ...more, "--config-file", file, "--stack", STACK];
  return (await timed(environment.pulumi(args))).seconds;
}
