import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { UNKNOWN } from "../../components/core/pulumi-wire";
import { fromStruct, type Properties, toStruct } from "../../rehearsal/cloud/provider/wire";

const REPLACED_BY: Record<string, string[]> = {
  "aws:ecs/taskDefinition:TaskDefinition": ["containerDefinitions", "cpu", "memory", "family"],
  "aws:lb/targetGroup:TargetGroup": ["name", "port", "vpcId"],
};

/** What AWS returns for a resource, as far as the program reads it. */
function outputsOf(type: string, name: string, inputs: Properties): Properties {
  const options = [
    { domainName: inputs.domainName, resourceRecordName: "_a", resourceRecordType: "CNAME", resourceRecordValue: "_b" },
  ];
  return {
    name,
    bucket: name,
    arn: `arn:aws:${type}:${name}`,
    dnsName: `${name}.elb.amazonaws.com`,
    arnSuffix: `${name}.suffix`,
    zoneId: "ZELB",
    url: `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`,
    fqdn: inputs.name,
    repositoryUrl: `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/${String(inputs.name)}`,
    allocationId: "eipalloc-1",
    domainValidationOptions: options,
    ...inputs,
  };
}

const REPOSITORY = "aws:ecr/repository:Repository";

const GET_ZONE = "aws:route53/getZone:getZone";
const GET_PARAMETER = "aws:ssm/getParameter:getParameter";

const FUNCTIONS: Record<string, Properties> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
  [GET_ZONE]: { zoneId: "ZONE" },
  [GET_PARAMETER]: { value: "preview-key-0123456789" },
  // Each group is in the first zones that were ordinary.
  "aws:autoscaling/getGroup:getGroup": { vpcZoneIdentifier: "subnet-c,subnet-a" },
};

const GET_ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones";
const GET_SUBNET = "aws:ec2/getSubnet:getSubnet";

/** Says that no secret exists. */
const GET_SECRET = "aws:secretsmanager/getSecret:getSecret";

/** Says that no other stack has clusters or queues. */
const NAMES = ["aws:ecs/getCluster:getCluster", "aws:sqs/getQueue:getQueue"];

const GET_REPOSITORY = "aws:ecr/getRepository:getRepository";

/**
 * An `aws` provider that accepts every resource with any argument, for tests of what the engine does with the
 * program. It knows two rules of AWS: the name of a repository that is there is taken, and a Local Zone that the account has
 * opted in to is among its zones, unless a filter leaves it out.
 */
export class OpenProvider {
  readonly #server = new grpc.Server();
  /** What the account has of each repository, also of those that the stack has not deleted. */
  readonly #repositories = new Map<string, Properties>();
  #localZones: string[] = [];
  readonly #failing = new Set<string>();

  constructor() {
    this.#server.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, {
      handshake: unary(() => new pb.ProviderHandshakeResponse()),
      attach: unary(() => new Empty()),
      cancel: unary(() => new Empty()),
      getPluginInfo: unary(() => new PluginInfo().setVersion("7.48.0")),
      checkConfig: unary((request: pb.CheckRequest) => new pb.CheckResponse().setInputs(request.getNews())),
      diffConfig: unary(() => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE)),
      configure: unary(() => new pb.ConfigureResponse().setSupportspreview(true)),
      check: unary((request: pb.CheckRequest) =>
        new pb.CheckResponse().setInputs(toStruct(fromStruct(request.getNews()))),
      ),
      diff: unary(diff),
      create: unary((request: pb.CreateRequest) => {
        const { type, name } = urnParts(request.getUrn());
        const inputs = fromStruct(request.getProperties());
        if (type === REPOSITORY && !request.getPreview()) return this.#createRepository(inputs);
        const outputs = { ...outputsOf(type, name, inputs), ...(request.getPreview() ? { arn: UNKNOWN } : {}) };
        return new pb.CreateResponse().setId(request.getPreview() ? "" : `${name}-id`).setProperties(toStruct(outputs));
      }),
      update: unary((request: pb.UpdateRequest) =>
        new pb.UpdateResponse().setProperties(
          toStruct({ ...fromStruct(request.getOlds()), ...fromStruct(request.getNews()) }),
        ),
      ),
      delete: unary((request: pb.DeleteRequest) => {
        this.#repositories.delete(request.getId());
        return new Empty();
      }),
      read: unary((request: pb.ReadRequest) => {
        const found = this.#repositories.get(request.getId());
        if (!found) return new pb.ReadResponse();
        // AWS does not know how the program wants it deleted.
        const { forceDelete: _, ...inputs } = found;
        const outputs = outputsOf(REPOSITORY, String(found.name), found);
        return new pb.ReadResponse()
          .setId(request.getId())
          .setInputs(toStruct(inputs))
          .setProperties(toStruct(outputs));
      }),
      invoke: unary((request: pb.InvokeRequest) => {
        if (request.getTok() === GET_SECRET) throw new Error("reading Secrets Manager Secret:\ncouldn't find resource");
        if (NAMES.includes(request.getTok())) throw new Error("reading the name:\ncouldn't find resource");
        if (this.#failing.has(request.getTok())) throw new Error("multiple or none found");
        if (request.getTok() === GET_ZONES) return this.#getZones(fromStruct(request.getArgs()));
        if (request.getTok() === GET_SUBNET) return getSubnet(fromStruct(request.getArgs()));
        if (request.getTok() === GET_REPOSITORY)
          return this.#getRepository(fromStruct(request.getArgs()).name as string);
        return new pb.InvokeResponse().setReturn(toStruct(FUNCTIONS[request.getTok()]!));
      }),
    });
  }

  /** @returns the port on 127.0.0.1 */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }

  /** Opts the account in to a Local Zone, whose name comes before those of others. */
  optInToLocalZone(): void {
    this.#localZones = ["ap-northeast-1-tpe-1a"];
  }

  /** Takes the parameter of the test header away, and makes a second public zone of the domain's name. */
  breakLookUps(): void {
    this.#failing.add(GET_ZONE).add(GET_PARAMETER);
  }

  mendLookUps(): void {
    this.#failing.clear();
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #createRepository(inputs: Properties): pb.CreateResponse {
    const name = String(inputs.name);
    if (this.#repositories.has(name)) throw new Error(`RepositoryAlreadyExistsException: ${name}`);
    this.#repositories.set(name, inputs);
    return new pb.CreateResponse().setId(name).setProperties(toStruct(outputsOf(REPOSITORY, name, inputs)));
  }

  #getZones({ filters }: Properties): pb.InvokeResponse {
    const ordinary = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
    return new pb.InvokeResponse().setReturn(
      toStruct({ names: filters ? ordinary : [...this.#localZones, ...ordinary] }),
    );
  }

  #getRepository(name: string): pb.InvokeResponse {
    const found = this.#repositories.get(name);
    if (!found) throw new Error(`reading ECR Repository (${name}): couldn't find resource`);
    return new pb.InvokeResponse().setReturn(toStruct({ name, arn: `arn:aws:ecr:${name}`, tags: found.tags }));
  }
}

function getSubnet({ id }: Properties): pb.InvokeResponse {
  return new pb.InvokeResponse().setReturn(toStruct({ availabilityZone: `ap-northeast-1${String(id).at(-1)}` }));
}

function unary<Request>(answer: (request: Request) => unknown): grpc.UntypedHandleCall {
  return ((call: { request: Request }, callback: grpc.sendUnaryData<unknown>) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      callback({ code: grpc.status.INVALID_ARGUMENT, details: String(error) });
    }
  }) as grpc.UntypedHandleCall;
}

function diff(request: pb.DiffRequest): pb.DiffResponse {
  const old = fromStruct(request.getOldInputs());
  const wanted = fromStruct(request.getNews());
  const changed = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(wanted[key]),
  );
  const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
  const replaces = REPLACED_BY[urnParts(request.getUrn()).type] ?? [];
  return new pb.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(changed.filter((key) => replaces.includes(key)));
}

function urnParts(urn: string): { type: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { type: types.split("$").at(-1)!, name };
}
