import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { expect } from "chai";
import { z } from "zod";
import { Provider } from "../../../../rehearsal/cloud/provider/provider";
import { defineResource } from "../../../../rehearsal/cloud/provider/resource-type";
import { fromStruct, toStruct } from "../../../../rehearsal/cloud/provider/wire";

const TOKEN = "aws:lb/listenerRule:ListenerRule";
const URN = `urn:pulumi:test::app::${TOKEN}::users-rule`;

describe("an update that AWS fails", () => {
  const lost = "operation error Elastic Load Balancing v2: ModifyRule, the answer was lost";
  const type = defineResource({
    token: TOKEN,
    awsCalls: {},
    inputs: z.object({ weight: z.number() }),
    create: async () => ({ id: "r1", outputs: {} }),
    read: async () => ({}),
    update: async () => {
      calls++;
      throw new Error(lost);
    },
    delete: async () => {},
  });
  const provider = new Provider({ types: [type], functions: [], region: "ap-northeast-1" });
  let calls = 0;
  let client: InstanceType<typeof ResourceProviderClient>;

  before(async () => {
    const port = await provider.listen("127.0.0.1");
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  after(() => {
    client.close();
    return provider.close();
  });

  /** @param state what the state says of the resource; its inputs have weight 0 */
  function update(state: { weight: number }, weight: number) {
    const request = new pb.UpdateRequest().setId("r1").setUrn(URN);
    request
      .setOlds(toStruct(state))
      .setOldInputs(toStruct({ weight: 0 }))
      .setNews(toStruct({ weight }));
    return new Promise<{ error: grpc.ServiceError | null; response: pb.UpdateResponse | undefined }>((resolve) =>
      client.update(request, (error, response) => resolve({ error, response })),
    );
  }

  it("leaves what was wanted in the state, not ready (U1)", async () => {
    const { error } = await update({ weight: 0 }, 100);
    expect(error).to.include({ code: grpc.status.FAILED_PRECONDITION, details: `${TOKEN} r1: ${lost}` });
    const [bytes] = error!.metadata.get("grpc-status-details-bin");
    const [detail] = Status.deserializeBinary(bytes as Uint8Array).getDetailsList();
    const failed = pb.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
    expect(failed.getReasonsList()).to.deep.equal([lost]);
    expect(fromStruct(failed.getInputs())).to.deep.equal({ weight: 100 });
    expect(fromStruct(failed.getProperties())).to.include({ weight: 100 });
  });

  it("is not sent to AWS again by the same update, which succeeds; one that takes it back is (U2)", async () => {
    calls = 0;
    const { error, response } = await update({ weight: 100 }, 100);
    expect(error).to.equal(null);
    expect(fromStruct(response!.getProperties())).to.deep.equal({ weight: 100 });
    expect(calls).to.equal(0);
    expect((await update({ weight: 100 }, 0)).error).to.include({ code: grpc.status.FAILED_PRECONDITION });
    expect(calls).to.equal(1);
  });
});
