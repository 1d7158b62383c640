import { other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { StepFailed } from "../../core/errors";
import { explained } from "../../observe/explain-failure";
import type { Situation, StepAction, StepContext } from "../context";
import { warmed } from "../live-transitions";
import { upTo } from "./up";

/**
 * The idle colour gets the new release and as many instances as the active one has, at least the settings' size.
 *
 * It ends no earlier than the provider's wait, even when the cause of a failure is known: SIGINT lets operations that run go on to their end, the
 * `aws` provider's `Cancel` does nothing (pulumi-terraform-bridge 3.120, pkg/tfbridge/provider.go), and a second SIGINT would leave the stack's lock and a
 * half-done operation behind.
 */
export const warm: StepAction = async (context, situation, services) => {
  const live = warmLive(context, situation, services);
  try {
    const next = await upTo(context, situation, "warm", live, `warm ${names(situation, services)}`);
    return { situation: next, detail: services.map((name) => sizeOf(next.live, name)).join(", ") };
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    throw await explained(error, context, situation, services);
  }
};

/** Live state that `warm` asks for; also what a failed `up` may have half done. */
export function warmLive(
  { settings }: Pick<StepContext, "settings">,
  { live, wish, running }: Situation,
  services: readonly string[],
): Live {
  const wanted = services.map((name) => {
    const { active, colours } = live.services[name]!;
    const size = Math.max(colours[active].size, running[name] ?? 0, settings.services[name]!.size.min);
    return [name, { release: wish[name]!, size }] as const;
  });
  return warmed(live, Object.fromEntries(wanted));
}

function names({ wish }: Situation, services: readonly string[]): string {
  return services.map((name) => `${name} ${wish[name]!.name}`).join(", ");
}

function sizeOf(live: Live, name: string): string {
  const { active, colours } = live.services[name]!;
  const idle = other(active);
  return `${name} ${idle} runs ${colours[idle].release?.name} on ${colours[idle].size} instances`;
}
