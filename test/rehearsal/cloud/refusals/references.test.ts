import { expect } from "chai";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";
import { RefusalsCloud } from "./refusals-cloud";

const IMAGE = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const policyFor = (resource: string, principal: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: resource.includes("sqs") ? "sqs:SendMessage" : "s3:GetObject",
      Resource: resource,
      Principal: principal,
    },
  });
const aclOf = (region: string) => `arn:aws:wafv2:${region}:123456789012:regional/webacl/shop/0123abcd`;
const GHOST_ROLE = "arn:aws:iam::123456789012:role/ghost";

describe("rehearsal/cloud/refusals/references", () => {
  let world: RefusalsCloud;
  /** Two networks with the same resources in each. */
  let here: Net;
  let there: Net;
  let loadBalancerArn: string;
  let listenerArn: string;
  let bucket: string;
  let queueUrl: string;

  interface Net {
    vpcId: string;
    subnets: string[];
    groupId: string;
    routeTableId: string;
    gatewayId: string;
    targetGroupArn: string;
    template: string;
  }

  const create = async (token: string, args: Properties) => (await world.stack.create(token, args)).id;

  async function net(block: string, name: string): Promise<Net> {
    const vpcId = await create("aws:ec2/vpc:Vpc", { cidrBlock: `${block}.0.0/16` });
    const subnets = await Promise.all(
      ["a", "c"].map((zone, index) =>
        create("aws:ec2/subnet:Subnet", {
          vpcId,
          cidrBlock: `${block}.${index}.0/24`,
          availabilityZone: `ap-northeast-1${zone}`,
        }),
      ),
    );
    const groupId = await create("aws:ec2/securityGroup:SecurityGroup", { vpcId, name });
    return {
      ...{ vpcId, subnets, groupId },
      routeTableId: await create("aws:ec2/routeTable:RouteTable", { vpcId }),
      gatewayId: await create("aws:ec2/internetGateway:InternetGateway", { vpcId }),
      targetGroupArn: await create("aws:lb/targetGroup:TargetGroup", { name, port: 80, protocol: "HTTP", vpcId }),
      template: await create("aws:ec2/launchTemplate:LaunchTemplate", {
        ...{ name, imageId: IMAGE, instanceType: "t3.small", vpcSecurityGroupIds: [groupId] },
      }),
    };
  }

  before(async () => {
    world = await RefusalsCloud.create("127.63");
    here = await net("10.1", "here");
    there = await net("10.2", "there");
    const { loadBalancers, listeners } = world.cloud.services.elb.model;
    const settings = {
      idleTimeoutSeconds: 60,
      clientKeepAliveSeconds: 3600,
      dropInvalidHeaderFields: false,
      deletionProtection: false,
      accessLogs: null,
    };
    const created = await loadBalancers.create({
      name: "here",
      internal: false,
      settings: { ...settings, subnets: here.subnets, securityGroups: [here.groupId] },
    });
    loadBalancerArn = created.arn;
    const answer = { type: "fixed-response", fixedResponse: { contentType: "text/plain" } };
    listenerArn = (
      await listeners.create({ loadBalancerArn, settings: { port: 80, protocol: "HTTP", defaultActions: [answer] } })
    ).arn;
    bucket = await create("aws:s3/bucket:Bucket", { bucket: "aoshingo-4711" });
    queueUrl = await create("aws:sqs/queue:Queue", { name: "jobs" });
  });
  after(() => world.close());

  /** What the arguments name, AWS's answer. Everything else in the arguments exists, in one network. */
  const CASES: [what: string, token: string, args: () => Properties, refusal: RegExp][] = [
    ...groupCases(),
    [
      "a load balancer's security group of another VPC",
      "aws:lb/loadBalancer:LoadBalancer",
      () => ({ name: "one", subnets: here.subnets, securityGroups: [there.groupId] }),
      /^InvalidConfigurationRequest: Security group "sg-\w+" does not belong to VPC "vpc-\w+"$/,
    ],
    [
      "a load balancer's unknown security group",
      "aws:lb/loadBalancer:LoadBalancer",
      () => ({ name: "one", subnets: here.subnets, securityGroups: ["sg-0"] }),
      /^InvalidSecurityGroup: /,
    ],
    [
      "a load balancer's unknown subnet",
      "aws:lb/loadBalancer:LoadBalancer",
      () => ({ name: "one", subnets: [here.subnets[0], "subnet-0"], securityGroups: [here.groupId] }),
      /^SubnetNotFound: /,
    ],
    [
      "a load balancer's subnets of two VPCs",
      "aws:lb/loadBalancer:LoadBalancer",
      () => ({ name: "one", subnets: [here.subnets[0], there.subnets[1]], securityGroups: [here.groupId] }),
      /^InvalidConfigurationRequest: All subnets of a load balancer must be in the same VPC/,
    ],
    [
      "access logs to an unknown bucket",
      "aws:lb/loadBalancer:LoadBalancer",
      () => ({
        name: "one",
        subnets: here.subnets,
        securityGroups: [here.groupId],
        accessLogs: { bucket: "nowhere", enabled: true },
      }),
      /^InvalidConfigurationRequest: Access Denied for bucket: nowhere/,
    ],
    [
      "a target group's unknown VPC",
      "aws:lb/targetGroup:TargetGroup",
      () => ({ name: "two", port: 80, protocol: "HTTP", vpcId: "vpc-0" }),
      /^ValidationError: The VPC ID 'vpc-0' is not found$/,
    ],
    [
      "a rule's target group of another VPC",
      "aws:lb/listenerRule:ListenerRule",
      () => ({
        listenerArn,
        conditions: [{ hostHeader: { values: ["a.test"] } }],
        actions: [{ type: "forward", targetGroupArn: there.targetGroupArn }],
      }),
      /^InvalidConfigurationRequest: Target group '.*targetgroup\/there.*' is in a different VPC than load balancer '/,
    ],
    [
      "a rule's weighted target group of another VPC",
      "aws:lb/listenerRule:ListenerRule",
      () => ({
        listenerArn,
        conditions: [{ hostHeader: { values: ["a.test"] } }],
        actions: [
          {
            type: "forward",
            forward: {
              targetGroups: [
                { arn: here.targetGroupArn, weight: 1 },
                { arn: there.targetGroupArn, weight: 0 },
              ],
            },
          },
        ],
      }),
      /^InvalidConfigurationRequest: Target group '.*there/,
    ],
    [
      "a rule's unknown target group",
      "aws:lb/listenerRule:ListenerRule",
      () => ({
        listenerArn,
        conditions: [{ hostHeader: { values: ["a.test"] } }],
        actions: [{ type: "forward", targetGroupArn: "arn:nowhere" }],
      }),
      /^TargetGroupNotFound: Target groups 'arn:nowhere' not found$/,
    ],
    [
      "a rule's unknown listener",
      "aws:lb/listenerRule:ListenerRule",
      () => ({
        listenerArn: "arn:nothing",
        conditions: [{ hostHeader: { values: ["a.test"] } }],
        actions: [{ type: "forward", targetGroupArn: here.targetGroupArn }],
      }),
      /^ListenerNotFound: /,
    ],
    [
      "a listener's default target group of another VPC",
      "aws:lb/listener:Listener",
      () => ({
        loadBalancerArn,
        port: 81,
        defaultActions: [{ type: "forward", targetGroupArn: there.targetGroupArn }],
      }),
      /^InvalidConfigurationRequest: Target group/,
    ],
    [
      "a listener's unknown certificate",
      "aws:lb/listener:Listener",
      () => ({
        loadBalancerArn,
        port: 443,
        protocol: "HTTPS",
        certificateArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/0",
        defaultActions: [{ type: "forward", targetGroupArn: here.targetGroupArn }],
      }),
      /^CertificateNotFound: /,
    ],
    [
      "a subnet of an unknown VPC",
      "aws:ec2/subnet:Subnet",
      () => ({ vpcId: "vpc-0", cidrBlock: "10.3.0.0/24" }),
      /^InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist$/,
    ],
    [
      "a route to a gateway of another VPC",
      "aws:ec2/route:Route",
      () => ({ routeTableId: here.routeTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId: there.gatewayId }),
      /^InvalidParameterValue: route table and network gateway .* belong to different networks/,
    ],
    [
      "a route table's subnet of another VPC",
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      () => ({ routeTableId: here.routeTableId, subnetId: there.subnets[0] }),
      /^InvalidParameterValue: Route table and subnet .* belong to different networks/,
    ],
    [
      "a NAT gateway's unknown subnet",
      "aws:ec2/natGateway:NatGateway",
      () => ({ subnetId: "subnet-0", allocationId: "eipalloc-0" }),
      /^InvalidSubnetID.NotFound: /,
    ],
    [
      "a security group rule's peer of another VPC",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      () => ({
        securityGroupId: here.groupId,
        referencedSecurityGroupId: there.groupId,
        ipProtocol: "tcp",
        fromPort: 80,
        toPort: 80,
      }),
      /^InvalidGroup.NotFound: You have specified two resources that belong to different networks.$/,
    ],
    [
      "a security group rule's unknown prefix list",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      () => ({ securityGroupId: here.groupId, prefixListId: "pl-0", ipProtocol: "tcp", fromPort: 443, toPort: 443 }),
      /^InvalidPrefixListID.NotFound: /,
    ],
    [
      "an endpoint's route table of another VPC",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      () => ({
        vpcId: here.vpcId,
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        routeTableIds: [there.routeTableId],
      }),
      /^InvalidParameter: Route table .* different network/,
    ],
    [
      "an endpoint's security group of another VPC",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      () => ({
        vpcId: here.vpcId,
        serviceName: "com.amazonaws.ap-northeast-1.logs",
        vpcEndpointType: "Interface",
        subnetIds: here.subnets,
        securityGroupIds: [there.groupId],
      }),
      /^InvalidParameter: Security group .* different network/,
    ],
    [
      "a bucket policy's role that does not exist",
      "aws:s3/bucketPolicy:BucketPolicy",
      () => ({ bucket, policy: policyFor(`arn:aws:s3:::${bucket}/*`, { AWS: GHOST_ROLE }) }),
      /^MalformedPolicy: Invalid principal in policy$/,
    ],
    [
      "a queue policy's role that does not exist",
      "aws:sqs/queuePolicy:QueuePolicy",
      () => ({ queueUrl, policy: policyFor("arn:aws:sqs:ap-northeast-1:123456789012:jobs", { AWS: [GHOST_ROLE] }) }),
      /^InvalidAttributeValue: Invalid value for the parameter Policy\. \(no role arn/,
    ],
    [
      "a queue's own policy with a role that does not exist",
      "aws:sqs/queue:Queue",
      () => ({ name: "more", policy: policyFor("*", { AWS: GHOST_ROLE }) }),
      /^InvalidAttributeValue: Invalid value for the parameter Policy\./,
    ],
    [
      "an unknown queue's policy",
      "aws:sqs/queuePolicy:QueuePolicy",
      () => ({ queueUrl: "http://127.0.0.1:1/123456789012/none", policy: policyFor("*", { AWS: "123456789012" }) }),
      /^QueueDoesNotExist: /,
    ],
    [
      "an unknown bucket's versioning",
      "aws:s3/bucketVersioning:BucketVersioning",
      () => ({ bucket: "nowhere", versioningConfiguration: { status: "Enabled" } }),
      /^NoSuchBucket: /,
    ],
    [
      "a policy of an unknown role",
      "aws:iam/rolePolicy:RolePolicy",
      () => ({ role: "ghost", policy: policyFor("*", {}) }),
      /^NoSuchEntity: The role with name ghost cannot be found\.$/,
    ],
    [
      "an instance profile's unknown role",
      "aws:iam/instanceProfile:InstanceProfile",
      () => ({ name: "web", role: "ghost" }),
      /^NoSuchEntity: /,
    ],
    [
      "a service's unknown cluster",
      "aws:ecs/service:Service",
      () => ({ cluster: "none", taskDefinition: "web:1", schedulingStrategy: "DAEMON" }),
      /^ClusterNotFoundException: /,
    ],
    [
      "a cluster's unknown capacity provider",
      "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
      () => ({ clusterName: "none", capacityProviders: ["x"] }),
      /^ClusterNotFoundException: /,
    ],
    [
      "a capacity provider's unknown group",
      "aws:ecs/capacityProvider:CapacityProvider",
      () => ({ name: "web", autoScalingGroupProvider: { autoScalingGroupArn: "arn:aws:autoscaling:none" } }),
      /^ClientException: The specified Auto Scaling group ARN/,
    ],
    [
      "an unknown VPC's default security group",
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      () => ({ vpcId: "vpc-0" }),
      /^InvalidVpcID.NotFound: /,
    ],
    [
      "an unknown load balancer's web ACL",
      "aws:wafv2/webAclAssociation:WebAclAssociation",
      () => ({ resourceArn: loadBalancerArn.replace("here", "gone"), webAclArn: aclOf("ap-northeast-1") }),
      /^WAFNonexistentItemException: /,
    ],
    [
      "a load balancer's web ACL of another region",
      "aws:wafv2/webAclAssociation:WebAclAssociation",
      () => ({ resourceArn: loadBalancerArn, webAclArn: aclOf("us-east-1") }),
      /^WAFNonexistentItemException: /,
    ],
    [
      "a record's unknown zone",
      "aws:route53/record:Record",
      () => ({ zoneId: "Z0", name: "a.test", type: "A", ttl: 60, records: ["192.0.2.1"] }),
      /^NoSuchHostedZone: /,
    ],
    [
      "a private zone's unknown VPC",
      "aws:route53/zone:Zone",
      () => ({ name: "inside.test", vpcs: [{ vpcId: "vpc-0" }] }),
      /^InvalidVPCId: /,
    ],
    [
      "a flow log's unknown VPC",
      "aws:ec2/flowLog:FlowLog",
      () => ({
        vpcId: "vpc-0",
        trafficType: "ALL",
        logDestination: "arn:aws:logs:ap-northeast-1:123456789012:log-group:x",
        iamRoleArn: GHOST_ROLE,
      }),
      /^InvalidVpcID.NotFound: /,
    ],
    [
      "an unknown repository's lifecycle",
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      () => ({
        repository: "none",
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 9 },
              action: { type: "expire" },
            },
          ],
        }),
      }),
      /^RepositoryNotFoundException: /,
    ],
  ];

  /** An empty group is refused like a full one (A2-A3). */
  function groupCases(): typeof CASES {
    const token = "aws:autoscaling/group:Group";
    const group = (change: Properties): Properties => ({
      ...{ name: "empty", minSize: 0, maxSize: 0, vpcZoneIdentifiers: here.subnets },
      ...{ launchTemplate: { id: here.template }, targetGroupArns: [here.targetGroupArn], ...change },
    });
    return [
      [
        "an empty Auto Scaling group's unknown subnet",
        token,
        () => group({ vpcZoneIdentifiers: [here.subnets[0], "subnet-0"] }),
        /^ValidationError: The subnet ID 'subnet-0' does not exist$/,
      ],
      [
        "an empty Auto Scaling group's subnets of two VPCs",
        token,
        () => group({ vpcZoneIdentifiers: [here.subnets[0], there.subnets[1]] }),
        /^ValidationError: The subnet 'subnet-\w+' is not in the VPC 'vpc-\w+' of the other subnets$/,
      ],
      [
        "an empty Auto Scaling group's unknown launch template",
        token,
        () => group({ launchTemplate: { id: "lt-0" } }),
        /^ValidationError: You must use a valid fully-formed launch template\. The specified launch template, with template ID lt-0, does not exist\.$/,
      ],
      [
        "an empty Auto Scaling group's security group of another VPC",
        token,
        () => group({ launchTemplate: { id: there.template } }),
        /^ValidationError: One or more security groups in the launch template are not linked to the VPCs configured in the Auto Scaling group$/,
      ],
      [
        "an empty Auto Scaling group's unknown target group",
        token,
        () => group({ targetGroupArns: ["arn:nowhere"] }),
        /^ValidationError: Provided Target Groups may not be valid\. Please ensure they exist and try again\./,
      ],
      [
        "an empty Auto Scaling group's target group of another VPC (A2-A3)",
        token,
        () => group({ targetGroupArns: [there.targetGroupArn] }),
        /^ValidationError: Provided Target Groups may not be valid\..*not in the VPC/,
      ],
      [
        "a scaling policy's unknown group",
        "aws:autoscaling/policy:Policy",
        () => ({
          name: "cpu",
          autoscalingGroupName: "none",
          policyType: "TargetTrackingScaling",
          targetTrackingConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
            targetValue: 50,
          },
        }),
        /^ValidationError: /,
      ],
    ];
  }

  for (const [what, token, args, refusal] of CASES) {
    it(`refuses ${what}`, async () => expect(await world.refusal(token, args())).to.match(refusal));
  }

  for (const [what, change, refusal] of [
    ["without an image", { imageId: undefined }, /The request must contain the parameter ImageId$/],
    ["with an image that does not exist", { imageId: "ami-0" }, /The image id '\[ami-0\]' does not exist/],
    [
      "with an instance type that does not exist",
      { instanceType: "t3.gigantic" },
      /Invalid value 't3.gigantic' for InstanceType\.$/,
    ],
    [
      "with an instance type of a family that does not exist",
      { instanceType: "m6.large" },
      /Invalid value 'm6.large' for InstanceType\.$/,
    ],
    [
      "with an instance profile that does not exist",
      { iamInstanceProfile: { name: "ghost" } },
      /Value \(ghost\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM Instance Profile name$/,
    ],
    [
      "with a security group that does not exist",
      { vpcSecurityGroupIds: ["sg-0"] },
      /The security group 'sg-0' does not exist$/,
    ],
  ] as [string, Properties, RegExp][]) {
    it(`refuses an empty Auto Scaling group whose launch template is ${what} (V8)`, async () => {
      const template = { imageId: IMAGE, instanceType: "t3.small", vpcSecurityGroupIds: [here.groupId], ...change };
      const id = await create("aws:ec2/launchTemplate:LaunchTemplate", {
        name: `broken-${what.replaceAll(" ", "-")}`.slice(0, 60),
        ...template,
      });
      const group = { name: "empty", minSize: 0, maxSize: 0, vpcZoneIdentifiers: here.subnets, launchTemplate: { id } };
      const answer = await world.refusal("aws:autoscaling/group:Group", group);
      expect(answer).to.match(/^ValidationError: You must use a valid fully-formed launch template\. /);
      expect(answer).to.match(refusal);
    });
  }

  it("takes all of it where everything exists, in one network (V7)", async () => {
    const group = { name: "empty", minSize: 0, maxSize: 0, vpcZoneIdentifiers: here.subnets };
    const links = { launchTemplate: { id: here.template }, targetGroupArns: [here.targetGroupArn] };
    expect(await world.refusal("aws:autoscaling/group:Group", { ...group, ...links })).to.equal("accepted");
    const rule = { listenerArn, conditions: [{ hostHeader: { values: ["a.test"] } }] };
    const actions = [{ type: "forward", targetGroupArn: here.targetGroupArn }];
    expect(await world.refusal("aws:lb/listenerRule:ListenerRule", { ...rule, actions })).to.equal("accepted");
    const role = await create("aws:iam/role:Role", {
      name: "reader",
      assumeRolePolicy: JSON.stringify({
        Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
      }),
    });
    const policy = policyFor(`arn:aws:s3:::${bucket}/*`, { AWS: `arn:aws:iam::123456789012:role/${role}` });
    expect(await world.refusal("aws:s3/bucketPolicy:BucketPolicy", { bucket, policy })).to.equal("accepted");
  });

  it("takes a template whose root volume is below the image's snapshot, and launches nothing with it (V10)", async () => {
    const launchTemplate = {
      id: await create("aws:ec2/launchTemplate:LaunchTemplate", {
        ...{ name: "small", imageId: IMAGE, instanceType: "t3.small", vpcSecurityGroupIds: [here.groupId] },
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 8 } }],
      }),
    };
    const size = { minSize: 1, maxSize: 1, waitForCapacityTimeout: "0" };
    const group = { name: "small", ...size, vpcZoneIdentifiers: here.subnets, launchTemplate };
    expect(await world.refusal("aws:autoscaling/group:Group", group)).to.equal("accepted");
    const [activity] = world.cloud.services.autoScaling.model.get("small").activities.all;
    expect(activity).to.include({
      status: "Failed",
      statusMessage:
        "Volume of size 8GB is smaller than snapshot of the image, expect size >= 30GB. Launching EC2 instance failed.",
    });
  });

  it("refuses two subnets of one zone for an endpoint", async () => {
    const { vpcId } = here;
    const subnet = { vpcId, cidrBlock: "10.1.9.0/24", availabilityZone: "ap-northeast-1a" };
    const second = await create("aws:ec2/subnet:Subnet", subnet);
    const endpoint = { vpcId, serviceName: "com.amazonaws.ap-northeast-1.logs", vpcEndpointType: "Interface" };
    const args = { ...endpoint, subnetIds: [here.subnets[0], second], securityGroupIds: [here.groupId] };
    expect(await world.refusal("aws:ec2/vpcEndpoint:VpcEndpoint", args)).to.match(/^DuplicateSubnetsInSameZone: /);
  });

  it("refuses a prefix of access logs that ELB keeps for itself", async () => {
    const accessLogs = { bucket, enabled: true, prefix: "web/AWSLogs" };
    const args = { name: "logged", subnets: here.subnets, securityGroups: [here.groupId], accessLogs };
    expect(await world.refusal("aws:lb/loadBalancer:LoadBalancer", args)).to.match(/must not contain 'AWSLogs'$/);
  });

  it("asks for the launch template of an update only if it is another one", async () => {
    const template = await world.stack.create("aws:ec2/launchTemplate:LaunchTemplate", {
      ...{ name: "gone", imageId: IMAGE, instanceType: "t3.small", vpcSecurityGroupIds: [here.groupId] },
    });
    const args = { minSize: 0, maxSize: 0, vpcZoneIdentifiers: here.subnets, launchTemplate: { id: template.id } };
    const group = await world.stack.create("aws:autoscaling/group:Group", { name: "updated", ...args });
    await world.stack.delete(template);
    await world.stack.update(group, { maxSize: 1 });
    const refused = await world.stack
      .update(group, { launchTemplate: { id: "lt-0" } })
      .catch((error: Error) => error.message);
    expect(refused).to.match(/^You must use a valid fully-formed launch template/);
    await world.stack.delete(group);
  });

  it("does not look up again what an update leaves as it is", async () => {
    const group = await world.stack.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: there.vpcId, name: "kept" });
    const rule = await world.stack.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
      ...{ securityGroupId: here.groupId, cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp", fromPort: 80, toPort: 80 },
    });
    await world.stack.update(rule, { description: "from inside" });
    const moved = await world.stack
      .update(rule, { cidrIpv4: undefined, referencedSecurityGroupId: group.id })
      .catch((error: Error) => error.message);
    expect(moved).to.match(/different networks/);
  });
});
