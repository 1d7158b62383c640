import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { STACK_TYPE } from "../../components/core/pulumi-wire";

/** The result of one preview. */
export interface Previewed {
  /** All steps, also of unchanged resources, in the engine's order. `new` is the state that the provider expects. */
  steps: StepEventMetadata[];
  /** The stack's outputs as they would be. */
  outputs: Record<string, unknown>;
}

/** Collects the engine's events of one preview. */
export class PreviewEvents implements Previewed {
  readonly steps: StepEventMetadata[] = [];
  outputs: Record<string, unknown> = {};

  take({ resourcePreEvent, resOutputsEvent }: EngineEvent): void {
    if (resourcePreEvent) this.steps.push(resourcePreEvent.metadata);
    if (!resOutputsEvent) return;
    const { metadata } = resOutputsEvent;
    if (metadata.type === STACK_TYPE) this.outputs = metadata.new?.outputs ?? this.outputs;
    const step = this.steps.findLast(({ urn, op }) => urn === metadata.urn && op === metadata.op);
    if (step && metadata.new) step.new = metadata.new;
  }
}
