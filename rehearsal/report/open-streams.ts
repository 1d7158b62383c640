import type { Colour } from "../../components/core/colour-name";
import { type OpenStreamSample, STREAM_PROTOCOLS } from "../traffic/types";
import { type ActiveTime, activeTimes } from "./active-times";
import { byKey } from "./by-key";
import { GroupOwners } from "./cloud/group-owners";
import { type ColourOfAnswer, colourOfAnswers } from "./release-colour";
import type { TrafficSamples } from "./samples";
import type { RehearsalRecord, RehearsalReport, StreamTotals } from "./types";

type Recorded = Pick<RehearsalRecord, "openStreams" | "cloud" | "settings" | "releases" | "deploys">;

/** Milliseconds between what the cloud and a client call the same moment. */
const TOLERANCE_MS = 100;

/** What became of the streams that pages kept open; undefined where there were none. */
export function openStreamsOf(record: Recorded, { openStreams = [] }: TrafficSamples): RehearsalReport["streams"] {
  if (!record.openStreams) return undefined;
  const { service, withinSeconds } = record.openStreams;
  const colourOf = colourOfAnswers(record);
  const deregistered = deregistrationsOf(record, service);
  const active = activeTimes(record, service).filter(({ since }) => since === "confirm");
  const withinMs = (withinSeconds * 1000) / record.settings.speed;
  const isAtWithin = (stream: OpenStreamSample) => {
    const colour = colourOf(service, stream.release, stream.openedAtMs);
    const since = deregistered.find(
      (each) =>
        each.colour === colour && each.atMs >= stream.openedAtMs && each.atMs <= stream.endedAtMs + TOLERANCE_MS,
    );
    return since !== undefined && stream.endedAtMs >= since.atMs + withinMs - TOLERANCE_MS;
  };
  return {
    service,
    withinSeconds,
    ...byKey(STREAM_PROTOCOLS, (protocol) =>
      totalsOf(
        openStreams.filter((stream) => stream.protocol === protocol),
        isAtWithin,
        (stream) => isOnOldColour(stream, service, active, colourOf),
      ),
    ),
  };
}

function totalsOf(
  streams: readonly OpenStreamSample[],
  isAtWithin: (stream: OpenStreamSample) => boolean,
  isOld: (stream: OpenStreamSample) => boolean,
): StreamTotals {
  const opened = streams.filter(({ end, release }) => end !== "refused" && release !== "");
  const ended = (end: OpenStreamSample["end"]) => opened.filter((stream) => stream.end === end);
  const cut = ended("cut");
  const cutAtWithin = cut.filter(isAtWithin).length;
  return {
    opened: opened.length,
    refused: streams.filter(({ end }) => end === "refused").length,
    open: ended("open").length,
    left: ended("left").length,
    closed: ended("closed").length,
    cutAtWithin,
    cutBeforeWithin: cut.length - cutAtWithin,
    onOldColour: opened.filter(isOld).length,
  };
}

/** When targets of a service's colours were deregistered, in order. */
function deregistrationsOf({ cloud }: Recorded, service: string): { colour: Colour; atMs: number }[] {
  const owners = new GroupOwners(cloud);
  return cloud
    .flatMap((event) => {
      if (event.kind !== "target" || event.state !== "draining") return [];
      const owner = owners.of(event.targetGroup);
      return owner?.service === service ? [{ colour: owner.colour, atMs: event.atMs }] : [];
    })
    .sort((one, another) => one.atMs - another.atMs);
}

function isOnOldColour(
  { openedAtMs, release }: OpenStreamSample,
  service: string,
  active: readonly ActiveTime[],
  colourOf: ColourOfAnswer,
): boolean {
  const then = active.find(({ fromMs, toMs }) => openedAtMs > fromMs && openedAtMs < toMs);
  return then !== undefined && colourOf(service, release, openedAtMs) !== then.colour;
}
