import type { Health } from "../../../automation/status/health";
import type { Status } from "../../../automation/status/status";
import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { outputsOf } from "../deploy/worlds";

type Shapes = Parameters<typeof outputsOf>[1];

/** Everything is healthy and no run is in progress. */
export function statusOf(live: Live, shapes?: Shapes): Status {
  const { services } = outputsOf(live, shapes);
  return {
    stack: "prod",
    live,
    services: Object.fromEntries(
      Object.entries(services).map(([name, { kind, exposures, queue }]) => [
        name,
        {
          kind,
          exposures,
          queue: queue && queue.url.split("/").at(-1)!,
          sinceMs: null,
          beforeMs: null,
          job: null,
          undeployed: [],
          health: wellIn(live, name),
        },
      ]),
    ),
    lease: null,
    running: null,
    frozen: null,
    freezeWindow: null,
    unfinished: null,
    unfinishedRun: null,
  };
}

function wellIn(live: Live, name: string): Record<Colour, Health | null> {
  const [blue, green] = COLOURS.map((colour) => {
    const { size } = live.services[name]!.colours[colour];
    return size === 0 ? null : { healthy: size, wanted: size, faults: [] };
  });
  return { blue: blue!, green: green! };
}

export const LEASE = {
  holder: { who: "me@here", host: "here", pid: 7, what: "deploy users=v3" },
  fencing: 1,
  sinceMs: Date.UTC(2026, 10, 25, 9, 30),
  expiresAtMs: Date.UTC(2026, 10, 25, 9, 31),
  releasedAtMs: null,
};
