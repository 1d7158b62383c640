import { STACK_TYPE } from "../../../components/core/pulumi-wire";
import type { Clock } from "../../core/clock";
import type { UpOptions } from "../../ports/stack";
import {
  type ExportedResource,
  type ExportedState,
  labelOf,
  outputsIn,
  type PendingOperation,
} from "../exported-state";
import { serviceOf } from "../resource-changes";
import { type Lock, StackLocked } from "./lock";
import { type WaitForLockOptions, waitForLock } from "./wait-for-lock";

/** Resources that an interrupted create has made and that the state does not know. */
export interface Orphans {
  /**
   * Removes such a resource, so that the next `up` creates it as if nothing had happened.
   * @param created the resource as it was to become
   * @param known the state's resources
   * @returns one line for people; null if there was nothing
   */
  remove(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null>;
}

/** A stack as recovery uses it. */
export interface Recoverable {
  name: string;
  clock: Clock;
  /** Returns null when the stack is free; undefined where only an operation of the CLI can tell. */
  readLocks(): Promise<readonly Lock[] | null | undefined>;
  /** Removes all locks. */
  cancel(): Promise<void>;
  exportState(): Promise<ExportedState>;
  /**
   * Reads resources again and drops pending operations; pending creates only with `clearCreates`.
   * @throws StackLocked, StepFailed
   */
  refresh(targets: readonly string[], clearCreates: boolean, options: UpOptions): Promise<void>;
  orphans: Orphans;
  /** @throws if this process may not change anything any more */
  mayChange(): Promise<void>;
}

/**
 * Types of the resources that a deploy updates in place or deletes. A task definition is only created: what AWS has of
 * it is never something else. The role that a deploy has in CI may read these
 * (components/security/ci-read-statements.ts).
 */
export const UPDATED_BY_DEPLOYS: ReadonlySet<string> = new Set([
  "aws:autoscaling/group:Group",
  "aws:autoscaling/policy:Policy",
  "aws:autoscaling/schedule:Schedule",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ecs/service:Service",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/targetGroup:TargetGroup",
  "aws:route53/record:Record",
  "aws:scheduler/schedule:Schedule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);

/** What is known of earlier updates besides what the state says. */
export interface RecoverOptions {
  /** True when an operation was refused: then the stack is examined even if nothing seems to be left. */
  metLock?: boolean;
  /** Operations that failed: the state does not say what AWS has done of them. */
  failed?: readonly PendingOperation[];
  /** Services of an update by another process whose end is not known: what a deploy updates of theirs is read again. */
  unsettled?: readonly string[];
}

export interface Recovery {
  /** One line for people for each thing that was done. */
  done: string[];
  /** The stack's outputs when it was looked at; empty before the first `up`. */
  outputs: Record<string, unknown>;
}

/**
 * Removes what a crash or a failed update left behind, in an order that allows recovery itself to be killed at any
 * instant: a pending operation is dropped last. What AWS has is read again wherever the state may say something else:
 * the next `up` changes only what differs from the state (aws-rules U1, U2).
 */
export async function recover(
  stack: Recoverable,
  options: UpOptions,
  { metLock = false, failed = [], unsettled = [] }: RecoverOptions = {},
): Promise<Recovery> {
  const done = await waitForLock(async () => (await stack.readLocks()) ?? null, waitOptions(stack, options));
  let state = await stateOf(stack);
  const before = state.pending;
  const isClean = before.length + failed.length + unsettled.length + unreadyIn(state).length === 0;
  if (isClean && !metLock) return { done, outputs: state.outputs };
  // An update that is still running must not be disturbed. Where locks cannot be read, an operation that changes
  // nothing asks for the lock.
  if ((await stack.readLocks()) === undefined) {
    done.push(...(await refresh(stack, options, stackIn(state), false)));
    state = await stateOf(stack);
  }
  // Pending operations that this refresh has dropped count, too.
  const pending = byUrn([...before, ...state.pending]);
  const operations = byUrn([...failed, ...pending.values()]);
  const unready = unreadyIn(state).filter(({ urn }) => !operations.has(urn));
  const changed = [...operations.values()].filter(({ type }) => type !== "creating").map(({ resource }) => resource);
  const targets = targetsIn(state, [...changed, ...unready, ...updatedOf(state, unsettled)]);
  if (operations.size + targets.length === 0) return { done, outputs: state.outputs };
  await stack.mayChange();
  for (const { type, resource } of operations.values()) {
    if (type !== "creating") continue;
    options.onProgress(`looking for ${labelOf(resource)}, which may have been created without an answer`);
    const line = await stack.orphans.remove(resource, state.resources);
    if (line !== null) done.push(line);
  }
  if (pending.size + targets.length > 0)
    done.push(...(await refresh(stack, options, targets.length > 0 ? targets : stackIn(state), true)));
  done.push(
    ...[...operations.values()].map((operation) => lineOf(operation, pending.has(operation.resource.urn))),
    ...unready.map((one) => `${labelOf(one)} was not ready after an earlier update: read again what there is`),
    ...unsettled.map((name) => `read again what ${name} has: the end of an earlier update is not known`),
  );
  return { done, outputs: state.outputs };
}

interface State {
  resources: ExportedResource[];
  pending: PendingOperation[];
  outputs: Record<string, unknown>;
}

async function stateOf(stack: Recoverable): Promise<State> {
  const exported = await stack.exportState();
  const { resources = [], pending_operations: pending = [] } = exported.deployment ?? {};
  return { resources, pending, outputs: outputsIn(exported) };
}

/** Refreshes as soon as the stack is free. */
async function refresh(
  stack: Recoverable,
  options: UpOptions,
  targets: readonly string[],
  clearCreates: boolean,
): Promise<string[]> {
  return waitForLock(
    async () => {
      try {
        await stack.refresh(targets, clearCreates, options);
        return null;
      } catch (error) {
        if (error instanceof StackLocked) return error.locks;
        throw error;
      }
    },
    waitOptions(stack, options),
  );
}

/** Returns the resources of which the state says that their last update failed. */
function unreadyIn({ resources }: State): ExportedResource[] {
  return resources.filter(({ type, initErrors = [] }) => UPDATED_BY_DEPLOYS.has(type) && initErrors.length > 0);
}

/** Returns what a deploy updates of these services. */
function updatedOf({ resources }: State, services: readonly string[]): ExportedResource[] {
  if (services.length === 0) return [];
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  return resources.filter(({ urn, type }) => {
    const service = serviceOf(urn, parents);
    // The record of a host that services share belongs to none of them.
    return UPDATED_BY_DEPLOYS.has(type) && (service === null || services.includes(service));
  });
}

/** Returns the URNs to read again. The engine refuses URNs that the state does not have. */
function targetsIn({ resources }: State, unread: readonly ExportedResource[]): string[] {
  const wanted = new Set(unread.map(({ urn }) => urn));
  return [...new Set(resources.map(({ urn }) => urn).filter((urn) => wanted.has(urn)))];
}

/** The stack's own resource: reading it asks no provider. */
function stackIn({ resources }: State): string[] {
  return resources.filter(({ type }) => type === STACK_TYPE).map(({ urn }) => urn);
}

function byUrn(operations: readonly PendingOperation[]): Map<string, PendingOperation> {
  return new Map(operations.map((operation) => [operation.resource.urn, operation]));
}

function waitOptions(stack: Recoverable, { signal, onProgress, lostUp }: UpOptions): WaitForLockOptions {
  const cancel = async () => {
    await stack.mayChange();
    await stack.cancel();
  };
  return { stack: stack.name, clock: stack.clock, signal, onProgress, cancel, lostUp };
}

function lineOf({ type, resource }: PendingOperation, isPending: boolean): string {
  const what = `${labelOf(resource)} ${isPending ? "was interrupted while" : "failed while"} ${type}`;
  return `${what}: ${type === "creating" ? "the next update creates it" : "read again what there is"}`;
}
