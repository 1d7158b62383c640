import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { nameOf, typeOf } from "../../../automation/stack/exported-state";
import { UNKNOWN } from "../../../components/core/pulumi-wire";
import { AwsError, NotReadyError } from "../kernel/aws-error";
import { type Endpoint, ServerEndpoint } from "../kernel/endpoint";
import { argumentsOf, check } from "./check";
import { diff, ignoredKeys, ofUpdate, withKept } from "./diff";
import type { OperationContext, ProviderFunction, ResourceType } from "./resource-type";
import { toServiceError } from "./service-error";
import { comparable, fromStruct, type Properties, toStruct } from "./wire";

/** The oldest plugin version that `@pulumi/aws` 7.48.0 accepts. */
const PLUGIN_VERSION = "7.48.0";
/** Pulumi's own limit for one gRPC message, in bytes. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export interface ProviderOptions {
  types: ResourceType[];
  functions: ProviderFunction[];
  region: string;
}

/**
 * The `aws` provider of the rehearsal: it answers the engine's gRPC calls by the resource types and functions that it
 * is given. One server outlives every operation of the engine; `Cancel` comes at the end of each and changes nothing.
 */
export class Provider implements Endpoint {
  readonly #grpc = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  /**
   * Its own server, because gRPC's server cancels its calls when it ends, while a process that dies just breaks its
   * connections off.
   */
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #endpoint: ServerEndpoint;
  readonly #types: Map<string, ResourceType>;
  readonly #functions: Map<string, ProviderFunction>;
  readonly #region: string;
  /**
   * From the program's provider configuration. Every program that attaches sets the same tags, as in one AWS account.
   */
  #defaultTags: Record<string, string> = {};

  constructor(options: ProviderOptions) {
    this.#types = new Map(options.types.map((type) => [type.token, type]));
    this.#functions = new Map(options.functions.map((fn) => [fn.token, fn]));
    this.#region = options.region;
    this.#grpc.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, this.#implementation());
    const injector = this.#grpc.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    this.#server = createServer((socket) => {
      this.#connections.add(socket.once("close", () => this.#connections.delete(socket)));
      injector.injectConnection(socket);
    });
    this.#endpoint = new ServerEndpoint(this.#server, () => {
      for (const socket of this.#connections) socket.destroy();
    });
  }

  /** @returns the port that it listens on */
  async listen(address: string): Promise<number> {
    await once(this.#server.listen(0, address), "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.#endpoint.close();
    this.#grpc.forceShutdown();
  }

  goAway(): Promise<void> {
    return this.#endpoint.goAway();
  }

  comeBack(): Promise<void> {
    return this.#endpoint.comeBack();
  }

  #implementation(): grpc.UntypedServiceImplementation {
    return {
      handshake: unary(async () => {
        const response = new pb.ProviderHandshakeResponse();
        response.setAcceptSecrets(false);
        response.setAcceptResources(false);
        response.setAcceptOutputs(false);
        return response;
      }),
      attach: unary(async () => new Empty()),
      cancel: unary(async () => new Empty()),
      getPluginInfo: unary(async () => new PluginInfo().setVersion(PLUGIN_VERSION)),
      checkConfig: unary(async (request: pb.CheckRequest) => new pb.CheckResponse().setInputs(request.getNews())),
      diffConfig: unary(async () => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE)),
      configure: unary(async (request: pb.ConfigureRequest) => this.#configure(request)),
      check: unary(async (request: pb.CheckRequest) => this.#check(request)),
      diff: unary(async (request: pb.DiffRequest) => this.#diff(request)),
      create: unary((request: pb.CreateRequest, signal) => this.#create(request, signal)),
      read: unary((request: pb.ReadRequest) => this.#read(request)),
      update: unary((request: pb.UpdateRequest, signal) => this.#update(request, signal)),
      delete: unary((request: pb.DeleteRequest, signal) => this.#delete(request, signal)),
      invoke: unary((request: pb.InvokeRequest) => this.#invoke(request)),
    };
  }

  #configure(request: pb.ConfigureRequest): pb.ConfigureResponse {
    const args = fromStruct(request.getArgs());
    const tags = typeof args.defaultTags === "string" ? JSON.parse(args.defaultTags) : args.defaultTags;
    this.#defaultTags = (tags as { tags?: Record<string, string> } | undefined)?.tags ?? {};
    const region = args.region;
    if (region !== undefined && region !== this.#region) {
      throw new Error(
        `aws:region is ${String(region)}, but the rehearsal cloud is ${this.#region}: set aws:region to ${this.#region} or start the cloud with that region`,
      );
    }
    const response = new pb.ConfigureResponse();
    response.setAcceptsecrets(false);
    response.setSupportspreview(true);
    response.setAcceptresources(false);
    response.setAcceptoutputs(false);
    return response;
  }

  #check(request: pb.CheckRequest): pb.CheckResponse {
    const type = this.#typeOf(request.getUrn());
    const { inputs, problems } = check(
      type,
      fromStruct(request.getNews()),
      fromStruct(request.getOlds()),
      nameOf(request.getUrn()),
      request.getRandomseed_asU8(),
    );
    const response = new pb.CheckResponse().setInputs(toStruct(inputs));
    response.setFailuresList(
      problems.map(({ property, reason }) => new pb.CheckFailure().setProperty(property).setReason(reason)),
    );
    return response;
  }

  #diff(request: pb.DiffRequest): pb.DiffResponse {
    const type = this.#typeOf(request.getUrn());
    const result = diff(
      type,
      fromStruct(request.getOlds()),
      fromStruct(request.getOldInputs()),
      fromStruct(request.getNews()),
      request.getIgnorechangesList(),
    );
    const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
    const response = new pb.DiffResponse().setChanges(result.changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList(result.changed);
    response.setReplacesList(result.replaces);
    response.setDeletebeforereplace(result.deleteBeforeReplace);
    response.setHasdetaileddiff(true);
    for (const key of result.changed) {
      const base = result.added.includes(key) ? "ADD" : result.removed.includes(key) ? "DELETE" : "UPDATE";
      const kind = result.replaces.includes(key) ? (`${base}_REPLACE` as const) : (base as "ADD" | "DELETE" | "UPDATE");
      response
        .getDetaileddiffMap()
        .set(key, new pb.PropertyDiff().setKind(pb.PropertyDiff.Kind[kind]).setInputdiff(true));
    }
    return response;
  }

  async #create(request: pb.CreateRequest, signal: AbortSignal): Promise<pb.CreateResponse> {
    const type = this.#typeOf(request.getUrn());
    const inputs = fromStruct(request.getProperties());
    if (request.getPreview()) {
      return new pb.CreateResponse().setProperties(
        toStruct({ ...this.#outputs(type, inputs), ...unknowns(type.computed) }),
      );
    }
    const { id, outputs } = await readyOr(type, inputs, this.#outputs(type, inputs), () =>
      type.create(argumentsOf(inputs), this.#context(request, signal)),
    );
    return new pb.CreateResponse().setId(id).setProperties(toStruct({ ...this.#outputs(type, inputs), ...outputs }));
  }

  async #read(request: pb.ReadRequest): Promise<pb.ReadResponse> {
    const type = this.#typeOf(request.getUrn());
    const known = fromStruct(request.getProperties());
    const outputs = await type.read(request.getId(), known);
    if (outputs === null) return new pb.ReadResponse();
    const now = { ...known, ...outputs };
    const inputs = fromStruct(request.getInputs());
    for (const key of Object.keys(type.inputs.shape)) {
      if (key in outputs && (key in inputs || Object.keys(inputs).length === 0)) inputs[key] = outputs[key];
    }
    return new pb.ReadResponse().setId(request.getId()).setProperties(toStruct(now)).setInputs(toStruct(inputs));
  }

  async #update(request: pb.UpdateRequest, signal: AbortSignal): Promise<pb.UpdateResponse> {
    const type = this.#typeOf(request.getUrn());
    const olds = fromStruct(request.getOlds());
    const given = withIgnored(fromStruct(request.getNews()), olds, request.getIgnorechangesList());
    const inputs = withKept(type, olds, given);
    const base = { ...withoutRemoved(type, olds, inputs), ...this.#outputs(type, inputs) };
    if (request.getPreview())
      return new pb.UpdateResponse().setProperties(toStruct({ ...base, ...unknowns(type.computedOnUpdate) }));
    if (isInState(type, olds, inputs)) return new pb.UpdateResponse().setProperties(request.getOlds());
    if (!type.update) throw new Error(`${type.token} cannot be updated in place`);
    const update = type.update.bind(type);
    const id = request.getId();
    const wanted = argumentsOf(ofUpdate(type, olds, given));
    const old = argumentsOf(knownInputs(type, olds));
    const { outputs } = await readyOr(type, given, base, async () => ({
      id,
      outputs: await update(id, wanted, old, this.#context(request, signal)).catch((error: Error) => {
        throw unfinished(id, error);
      }),
    }));
    return new pb.UpdateResponse().setProperties(toStruct({ ...base, ...outputs }));
  }

  async #delete(request: pb.DeleteRequest, signal: AbortSignal): Promise<Empty> {
    await this.#typeOf(request.getUrn()).delete(
      request.getId(),
      fromStruct(request.getProperties()),
      this.#context(request, signal),
    );
    return new Empty();
  }

  async #invoke(request: pb.InvokeRequest): Promise<pb.InvokeResponse> {
    const fn = this.#functions.get(request.getTok());
    if (!fn)
      throw new Error(
        `the rehearsal cloud has no function ${request.getTok()}; known are ${[...this.#functions.keys()].join(", ")}`,
      );
    const { region: _, ...args } = fromStruct(request.getArgs());
    const parsed = fn.args.safeParse(args);
    if (!parsed.success)
      throw new Error(
        parsed.error.issues.map((issue) => `${fn.token} ${issue.path.join(".")}: ${issue.message}`).join("; "),
      );
    return new pb.InvokeResponse().setReturn(toStruct({ region: this.#region, ...(await fn.call(parsed.data)) }));
  }

  #context(request: { getUrn(): string; getTimeout(): number }, signal: AbortSignal): OperationContext {
    // The engine sends 0 for a resource without `customTimeouts`.
    const timeoutSeconds = request.getTimeout() || undefined;
    return { urn: request.getUrn(), signal, timeoutSeconds, defaultTags: this.#defaultTags };
  }

  #typeOf(urn: string): ResourceType {
    const token = typeOf(urn);
    const type = this.#types.get(token);
    if (!type)
      throw new Error(
        `the rehearsal cloud has no resource type ${token}; known are ${[...this.#types.keys()].sort().join(", ")}`,
      );
    return type;
  }

  #outputs(type: ResourceType, inputs: Properties): Properties {
    const tags = inputs.tags as Record<string, string> | undefined;
    return {
      ...argumentsOf(inputs),
      region: this.#region,
      ...(type.taggable ? { tagsAll: { ...this.#defaultTags, ...tags } } : {}),
    };
  }
}

/** Keeps id and state of a resource that exists but is not ready, so that the engine knows it and tries again. */
async function readyOr(
  type: ResourceType,
  inputs: Properties,
  base: Properties,
  operation: () => Promise<{ id: string; outputs: Properties }>,
): Promise<{ id: string; outputs: Properties }> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const details = new pb.ErrorResourceInitFailed().setId(error.id).setReasonsList([error.message]);
    details.setProperties(toStruct({ ...base, ...error.outputs }));
    details.setInputs(toStruct(inputs));
    throw Object.assign(new Error(`${type.token} ${error.id}: ${error.message}`), { initFailed: details });
  }
}

/** Returns the inputs that the state has among its outputs, which the real provider compares new ones with (U2). */
function knownInputs(type: ResourceType, olds: Properties): Properties {
  return Object.fromEntries(Object.entries(olds).filter(([key]) => key in type.inputs.shape));
}

/** Returns the inputs with what the state has of those whose changes are ignored. */
function withIgnored(inputs: Properties, olds: Properties, ignoreChanges: readonly string[]): Properties {
  const kept = ignoredKeys(ignoreChanges).filter((key) => key in olds);
  return { ...inputs, ...Object.fromEntries(kept.map((key) => [key, olds[key]])) };
}

/** Returns the state without the arguments that are not given, or not any more, whether a program gave them or a refresh found them. */
function withoutRemoved(
  { inputs: { shape }, computed }: ResourceType,
  olds: Properties,
  inputs: Properties,
): Properties {
  const stays = (key: string) => !(key in shape) || key in inputs || computed.includes(key);
  return Object.fromEntries(Object.entries(olds).filter(([key]) => stays(key)));
}

/**
 * Tells whether the state has the wanted inputs already: then the real provider asks AWS for nothing (aws-rules U2).
 * That is so after an update that AWS failed, if the same is wanted again.
 */
function isInState(type: ResourceType, olds: Properties, inputs: Properties): boolean {
  return Object.keys(type.inputs.shape).every((key) =>
    isDeepStrictEqual(comparable(olds[key]), comparable(inputs[key])),
  );
}

/**
 * Marks a failed update as not ready, with the wanted inputs in the state, whether AWS has taken the update or not, as
 * the real provider does (aws-rules U1).
 */
function unfinished(id: string, error: Error): NotReadyError {
  if (error instanceof NotReadyError) return error;
  return new NotReadyError(error instanceof AwsError ? `${error.code}: ${error.message}` : error.message, id, {});
}

function unknowns(keys: readonly string[]): Properties {
  return Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
}

function unary<Request, Response>(
  handle: (request: Request, signal: AbortSignal) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const abort = new AbortController();
    call.on("cancelled", () => abort.abort());
    handle(call.request, abort.signal).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(error)),
    );
  };
}
