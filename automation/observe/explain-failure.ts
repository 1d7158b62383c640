import { other } from "../../components/core/colour-name";
import { StepFailed } from "../core/errors";
import type { RunState, StepContext } from "../deploy/context";
import { causesOf } from "./causes";

/**
 * The engine, or a wait, says only that the idle colours are not up; AWS knows why. The cause becomes the message, what was said first
 * becomes its detail.
 */
export async function explainFailure(
  failure: StepFailed,
  { observer }: Pick<StepContext, "observer">,
  { outputs, live }: Pick<RunState, "outputs" | "live">,
  services: readonly string[],
): Promise<StepFailed> {
  const causes: string[] = [];
  for (const name of services) {
    const idle = other(live.services[name]!.active);
    const colour = outputs.services[name]!.colours[idle];
    // Who cannot be asked explains nothing, and hides nothing either.
    const seen = await observer.colour(colour).catch(() => null);
    const found = seen === null ? [] : causesOf(colour, seen);
    if (found.length > 0) causes.push(`${name} ${idle} did not come up: ${found.join("; ")}`);
  }
  if (causes.length === 0) return failure;
  return new StepFailed(causes.join("; "), [failure.message, failure.detail].filter(Boolean).join("\n"));
}
