import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { retired, routed, warmed } from "../automation/deploy/live-transitions";
import { writeLiveSetting } from "../automation/stack/live-setting";
import type { Colour } from "../components/core/colour-name";
import type { Live } from "../components/live/live";
import type { ProgramOutputs } from "../components/live/outputs";
import { type Deployed, deployed } from "./deployed";
import { type Row, row } from "./spread";
import { SERVICE, Stage } from "./stage";

const ROUNDS = 3;

/** Whole deploys by the deploy command, and the same three changes by plain `pulumi up --yes`, in turns, against one cloud. */
export async function controller(): Promise<Row[]> {
  const stage = await Stage.open("controller");
  try {
    await stage.push("v0");
    await deployed(stage, [`${SERVICE}=v0`]);
    const rounds: { ours: Deployed; plain: number; noPreview: number }[] = [];
    for (let number = 1; number <= ROUNDS; number++) {
      const tag = `v${number}`;
      await stage.push(tag);
      // Who goes later may find the machine warmer or busier: they take turns.
      const first = number % 2 === 0 ? await plainUps(stage, `${tag}-plain`) : null;
      const ours = await deployed(stage, [`${SERVICE}=${tag}`]);
      const plain = first ?? (await plainUps(stage, `${tag}-plain`));
      rounds.push({ ours, plain, noPreview: await plainUps(stage, `${tag}-no-preview`, ["--skip-preview"]) });
    }
    const deploys = rounds.map(({ ours }) => ours.seconds);
    return [
      row("s, deploy command, whole process", deploys),
      row(
        "s, its overhead (nothing that was waited for)",
        rounds.map(({ ours }) => ours.overhead),
        "at most 8",
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
        "s, three `up --yes --skip-preview`",
        rounds.map(({ noPreview }) => noPreview),
      ),
      row(
        "  deploy is so many times faster",
        rounds.map(({ ours, noPreview }) => noPreview / ours.seconds),
      ),
    ];
  } finally {
    await stage.close();
  }
}

/** Seconds of warm, cutover and retire, each as a person would do it who edits the settings. */
async function plainUps(stage: Stage, name: string, more: string[] = []): Promise<number> {
  const digest = await stage.push(name);
  const { live, services } = JSON.parse((await stage.pulumi(["stack", "output", "--json"])).stdout) as ProgramOutputs;
  const service = live.services[SERVICE]!;
  const size = service.colours[service.active as Colour].size;
  const release = { name, image: `${services[SERVICE]!.repository.url}@${digest}` };
  const warm = warmed(live, { [SERVICE]: { release, size } });
  const flipped = routed(warm, { [SERVICE]: release }, [SERVICE]);
  let seconds = 0;
  for (const state of [warm, flipped, retired(flipped, [SERVICE])]) seconds += await plainUp(stage, state, more);
  return seconds;
}

async function plainUp(stage: Stage, live: Live, more: string[]): Promise<number> {
  const file = join(stage.settingsFile, "..", "plain.yaml");
  await copyFile(stage.settingsFile, file);
  await writeLiveSetting(file, live);
  return (await stage.pulumi(["up", "--yes", ...more, "--config-file", file])).seconds;
}
