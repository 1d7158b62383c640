import { expect } from "chai";
import { OWNER_KEY } from "../../../../rehearsal/cloud/api/authorisation";
import { API_CALLS } from "../../../../rehearsal/cloud/refusals/api-calls";
import { inputOf } from "../../../../rehearsal/cloud/refusals/api-models";
import botocore from "../../../../rehearsal/cloud/refusals/botocore.json";
import { LATER_REFERENCES, REFERENCES } from "../../../../rehearsal/cloud/refusals/references";
import { memberFor, requestsOf } from "../../../../rehearsal/cloud/refusals/request-of";
import { NOT_IN_REQUESTS, REQUESTS } from "../../../../rehearsal/cloud/refusals/requests";
import { RefusalsCloud } from "./refusals-cloud";

const EXTRACT = "extend the table, then run rehearsal/cloud/refusals/extract-api-models.ts";
/** Names of arguments that name another resource. */
const REFERS =
  /(?:[a-z]Ids?|Arns?|Url|^role|^bucket|^cluster|^clusterName|^repository|^subnets|^securityGroups|^vpcZoneIdentifiers|^taskDefinition|^capacityProviders|^autoscalingGroupName)$/;
/** Arguments with such a name that are no references: the resource's own name, or a part of this resource. */
const NOT_REFERENCES = [
  "aws:cloudwatch/eventTarget:EventTarget targetId",
  "aws:s3/bucket:Bucket bucket",
  "aws:ec2/securityGroup:SecurityGroup name",
];

describe("rehearsal/cloud/refusals/requests", () => {
  let world: RefusalsCloud;
  before(async () => {
    world = await RefusalsCloud.create("127.61");
  });
  after(() => world.close());

  it("has each argument of each resource type as a member of one of its calls, or says why not", () => {
    const elsewhere = Object.values(NOT_IN_REQUESTS).flat();
    const lost = world.cloud.types(OWNER_KEY).flatMap(({ token, inputs }) =>
      Object.keys(inputs.shape)
        .filter((argument) => !(REQUESTS[token] ?? []).some((form) => memberFor(form, argument) !== undefined))
        .filter((argument) => !elsewhere.includes(argument))
        .map((argument) => `${token} ${argument}`),
    );
    expect(lost, EXTRACT).to.deep.equal([]);
  });

  it("names only members that the models have", () => {
    const unknown = Object.values(REQUESTS)
      .flat()
      .filter(({ call }) => !inputOf(call))
      .map(({ call }) => call);
    expect(unknown, EXTRACT).to.deep.equal([]);
  });

  it("has each operation of the cloud's API in the models", () => {
    const served = Object.entries(world.cloud.apis).flatMap(([service, { operations }]) =>
      Object.keys(operations).map((operation) => `${service}:${operation}`),
    );
    expect(
      served.filter((call) => !API_CALLS.includes(call as (typeof API_CALLS)[number])),
      EXTRACT,
    ).to.deep.equal([]);
  });

  it("looks up each argument that names another resource, or says what AWS does later", () => {
    const known = (token: string) => [
      ...(REFERENCES[token] ?? []).map(({ argument }) => argument.split(".")[0]!),
      ...Object.keys(LATER_REFERENCES[token] ?? {}),
    ];
    const unchecked = world.cloud.types(OWNER_KEY).flatMap(({ token, inputs }) =>
      Object.keys(inputs.shape)
        .filter((argument) => REFERS.test(argument) && !known(token).includes(argument))
        .map((argument) => `${token} ${argument}`)
        .filter((argument) => !NOT_REFERENCES.includes(argument)),
    );
    expect(unchecked).to.deep.equal([]);
  });

  it("has patterns that this machine understands", () => {
    for (const [service, { shapes }] of Object.entries(botocore.services)) {
      for (const [name, shape] of Object.entries(shapes as Record<string, { pattern?: string }>)) {
        if (shape.pattern === undefined) continue;
        expect(() => new RegExp(`^(?:${shape.pattern})$`, "u"), `${service} ${name} ${shape.pattern}`).not.to.throw();
      }
    }
  });

  it("makes the requests that the provider makes", () => {
    const args = {
      name: "users-blue",
      minSize: 1,
      vpcZoneIdentifiers: ["subnet-a", "subnet-b"],
      launchTemplate: { id: "lt-1", version: "$Latest" },
      targetGroupArns: ["arn"],
      tags: [{ key: "Name", value: "users", propagateAtLaunch: true }],
    };
    expect(requestsOf("aws:autoscaling/group:Group", "create", args)).to.deep.equal([
      [
        "autoscaling:CreateAutoScalingGroup",
        {
          AutoScalingGroupName: "users-blue",
          MinSize: 1,
          VPCZoneIdentifier: "subnet-a,subnet-b",
          LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "$Latest" },
          TargetGroupARNs: ["arn"],
          Tags: [{ Key: "Name", Value: "users", PropagateAtLaunch: true }],
        },
      ],
    ]);
    const record = { zoneId: "Z1", name: "a.test", type: "A", ttl: 60, records: ["192.0.2.1", "192.0.2.2"] };
    expect(requestsOf("aws:route53/record:Record", "create", record)).to.deep.equal([
      [
        "route53:ChangeResourceRecordSets",
        {
          HostedZoneId: "Z1",
          ChangeBatch: {
            Changes: [
              {
                ResourceRecordSet: {
                  Name: "a.test",
                  Type: "A",
                  TTL: 60,
                  ResourceRecords: [{ Value: "192.0.2.1" }, { Value: "192.0.2.2" }],
                },
              },
            ],
          },
        },
      ],
    ]);
    expect(
      requestsOf("aws:lb/targetGroup:TargetGroup", "create", { name: "t", healthCheck: { matcher: "200" } }),
    ).to.deep.equal([["elasticloadbalancing:CreateTargetGroup", { Name: "t", Matcher: { HttpCode: "200" } }]]);
  });
});
