import type { Output, Resource } from "@pulumi/pulumi";
import { STACK_TYPE } from "../../components/core/pulumi-wire";
import { SERVICE_TYPE } from "../../components/service/service-type";
import type { RegisteredResources } from "./registered-resources";

type Properties = Record<string, unknown>;
type Settles = Record<string, unknown>;
type Callback = (error: Error | null, response?: { getUrn(): string; getId?(): string }) => void;
type Send = (request: Request, callback: Callback) => unknown;

/** A message that declares a resource, or one that reads a resource, which has fewer fields. */
interface Request {
  getParent(): string;
  getDependenciesList(): string[];
  getProvider(): string;
  getDeletedwith?(): string;
  getReplaceWithList?(): string[];
  getPropertydependenciesMap?(): Map<string, { getUrnsList(): string[] }>;
  getProvidersMap?(): Map<string, string>;
}

type Monitor = Record<"registerResource" | "readResource", Send>;
type RegisterResource = (
  ...args: [
    resource: Resource,
    parent: Resource | undefined,
    type: string,
    name: string,
    custom: boolean,
    remote: boolean,
    newDependency: unknown,
    properties: Properties,
    ...more: unknown[],
  ]
) => void;

/** The SDK's own modules call each other by these objects, so what is changed in them counts for them. */
interface Sdk {
  resources: {
    registerResource: RegisterResource;
    registerResourceOutputs(resource: Resource, outputs: unknown): void;
  };
  rpc: {
    transferProperties(resource: Resource, label: string, properties: Properties): Settles;
    resolveProperties(
      ...args: [Resource, Settles, type: string, name: string, Properties, dependencies: object, ...more: unknown[]]
    ): void;
  };
  Output: new (resource: Resource, value: Promise<unknown>, ...more: Promise<unknown>[]) => Output<string>;
  getStore(): object;
  getMonitor(): Monitor;
}

/** Loaded late, like all of the SDK. */
function sdk(): Sdk {
  return {
    resources: require("@pulumi/pulumi/runtime/resource"),
    rpc: require("@pulumi/pulumi/runtime/rpc"),
    Output: require("@pulumi/pulumi/output").Output,
    getStore: require("@pulumi/pulumi/runtime/state").getStore,
    getMonitor: require("@pulumi/pulumi/runtime/settings").getMonitor,
  };
}

/** Where a resource is in the program. */
interface Place {
  /** The types of its ancestors and its own, as its URN has them. */
  types: string;
  /** The end of its URN: these types, and its name. */
  place: string;
  service: string | undefined;
}

/** By the SDK's store for each run. */
const runs = new WeakMap<object, RegisteredResources>();
const places = new WeakMap<Resource, Place>();
const leftOut = new WeakSet<Resource>();
let isWatched = false;

/**
 * Keeps what the engine answers in the run of a program that is about to begin, and answers by itself for what the run leaves
 * out. Called where the program would be.
 */
export function watchRegistrations(run: RegisteredResources): void {
  watchSdk();
  const { getMonitor, getStore } = sdk();
  runs.set(getStore(), run);
  watchMonitor(getMonitor(), run);
}

/** Changes what the SDK does with a resource in a run that is watched. */
function watchSdk(): void {
  if (isWatched) return;
  isWatched = true;
  const { resources, rpc, Output, getStore } = sdk();
  const { registerResource, registerResourceOutputs } = resources;
  const { resolveProperties } = rpc;

  resources.registerResource = (...args) => {
    const [resource, parent, type, name, custom, remote, , properties] = args;
    const run = runs.get(getStore());
    const { place, service } = placed(resource, parent, type, name);
    const known = run?.leftOut.get(place);
    if (!known) {
      if (service !== undefined && !remote) run?.ofServices.set(place, { service, isComponent: !custom });
      return registerResource(...args);
    }
    leftOut.add(resource);
    const own = (value?: string) =>
      new Output(
        resource,
        Promise.resolve(value),
        Promise.resolve(true),
        Promise.resolve(false),
        Promise.resolve(resource),
      );
    Object.assign(resource, { urn: own(known.urn) }, custom ? { id: own(known.id) } : {});
    if (!known.properties) return;
    const settles = rpc.transferProperties(resource, `resource:${name}[${type}]`, properties);
    resolveProperties(resource, settles, type, name, known.properties, {});
  };

  resources.registerResourceOutputs = (resource, outputs) => {
    if (!leftOut.has(resource)) registerResourceOutputs(resource, outputs);
  };

  rpc.resolveProperties = (...args) => {
    const [resource, , , , properties, , error] = args;
    const registered = runs.get(getStore())?.ofServices.get(places.get(resource)?.place ?? "");
    if (registered && !error) registered.properties = properties;
    resolveProperties(...args);
  };
}

function placed(resource: Resource, parent: Resource | undefined, type: string, name: string): Place {
  const above = parent && places.get(parent);
  const types = above === undefined || above.types === STACK_TYPE ? type : `${above.types}$${type}`;
  const place = { types, place: `${types}::${name}`, service: type === SERVICE_TYPE ? name : above?.service };
  places.set(resource, place);
  return place;
}

/** Keeps what the engine answers in this run, and what each resource needs. */
function watchMonitor(monitor: Monitor, run: RegisteredResources): void {
  for (const method of ["registerResource", "readResource"] as const) {
    const send = monitor[method].bind(monitor);
    monitor[method] = (request, callback) => {
      const needed = neededBy(request);
      // Without an answer: with an error the program would end, and the engine would delete what it has not heard of.
      if (!run.allows(needed)) return undefined;
      return send(request, (error, response) => {
        if (response) run.answered({ urn: response.getUrn(), id: response.getId?.() }, needed);
        callback(error, response);
      });
    };
  }
}

/** URNs of all resources that the state has to have before this one (pkg/resource/deploy/snapshot.go, VerifyIntegrity). */
function neededBy(request: Request): string[] {
  const providers = [request.getProvider(), ...(request.getProvidersMap?.() ?? new Map<string, string>()).values()];
  const all = [
    request.getParent(),
    request.getDeletedwith?.() ?? "",
    ...request.getDependenciesList(),
    ...(request.getReplaceWithList?.() ?? []),
    ...[...(request.getPropertydependenciesMap?.().values() ?? [])].flatMap((one) => one.getUrnsList()),
    // A reference to a provider is its URN and its ID.
    ...providers.map((reference) => reference.slice(0, Math.max(0, reference.lastIndexOf("::")))),
  ];
  return [...new Set(all)].filter(Boolean);
}
