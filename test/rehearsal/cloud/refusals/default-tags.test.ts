import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { OWNER_KEY } from "../../../../rehearsal/cloud/api/authorisation";
import { Provider } from "../../../../rehearsal/cloud/provider/provider";
import { toStruct } from "../../../../rehearsal/cloud/provider/wire";
import { RefusalsCloud } from "./refusals-cloud";

const TOKEN = "aws:ecs/cluster:Cluster";

describe("rehearsal/cloud/refusals under the engine", () => {
  let world: RefusalsCloud;
  let provider: Provider;
  let client: InstanceType<typeof ResourceProviderClient>;

  before(async () => {
    world = await RefusalsCloud.create("127.64");
    provider = new Provider({ types: world.cloud.types(OWNER_KEY), functions: [], region: "ap-northeast-1" });
    const port = await provider.listen("127.0.0.1");
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  after(async () => {
    client.close();
    await provider.close();
    await world.close();
  });

  it("refuse a default tag of the provider's configuration (V2)", async () => {
    const configuration = { defaultTags: JSON.stringify({ tags: { team: "a;b" } }) };
    const configured = new pb.ConfigureRequest().setArgs(toStruct(configuration));
    await new Promise((resolve) => client.configure(configured, resolve));
    const request = new pb.CreateRequest().setUrn(`urn:pulumi:test::app::${TOKEN}::web`);
    const created = request.setProperties(toStruct({ name: "web" }));
    const error = await new Promise<grpc.ServiceError | null>((resolve) => client.create(created, resolve));
    expect(error?.details).to.match(/^InvalidParameterException: Tag 'team' is invalid: 'a;b'/);
  });
});
