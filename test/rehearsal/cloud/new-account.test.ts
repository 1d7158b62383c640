import { expect } from "chai";
import type { Call } from "../../../rehearsal/cloud/protocols/service";
import { LoadBalancers } from "../../../rehearsal/cloud/services/elb/model/load-balancers";
import { iamOperations } from "../../../rehearsal/cloud/services/iam/api/iam";
import { Iam } from "../../../rehearsal/cloud/services/iam/model/iam";
import { RdsRole } from "../../../rehearsal/cloud/services/rds/model/rds-role";
import { SubnetGroups } from "../../../rehearsal/cloud/services/rds/model/subnet-groups";
import { serviceQuotasOperations } from "../../../rehearsal/cloud/services/servicequotas/api/service-quotas";
import { Quotas } from "../../../rehearsal/cloud/services/servicequotas/model/quotas";
import { Scene } from "./compute-scene";
import { refusal } from "./refusal";
import { silentCloud } from "./silent-cloud";

const CALL = {} as Call;
const VCPUS = { ServiceCode: "ec2", QuotaCode: "L-1216C47A" };

describe("a new account in the rehearsal cloud", () => {
  it("has no service-linked roles, and takes each once (I17)", () => {
    const operations = iamOperations(new Iam(silentCloud(), { isNewAccount: true }));
    const get = () => operations.GetRole!({ RoleName: "AWSServiceRoleForECS" }, CALL);
    const create = () => operations.CreateServiceLinkedRole!({ AWSServiceName: "ecs.amazonaws.com" }, CALL);
    expect(refusal(get)).to.match(/^NoSuchEntity: /);
    create();
    expect(get()).to.have.nested.property(
      "Role.Arn",
      "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    );
    expect(refusal(create)).to.match(/^InvalidInput: Service role name AWSServiceRoleForECS has been taken/);
  });

  it("makes ECS's role at the first cluster and refuses that cluster, and takes the next (I17)", () => {
    const { serviceLinkedRoles } = new Iam(silentCloud(), { isNewAccount: true });
    const scene = new Scene({ hasServiceLinkedRole: () => serviceLinkedRoles.isThereOrCreated("ecs.amazonaws.com") });
    expect(refusal(() => scene.compute.ecs.createCluster("users"))).to.equal(
      "InvalidParameterException: Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
    );
    expect(scene.compute.ecs.createCluster("users").name).to.equal("users");
    scene.close();
  });

  it("gets the role of Auto Scaling with its first group, which is not refused (I17)", () => {
    const { serviceLinkedRoles } = new Iam(silentCloud(), { isNewAccount: true });
    const find = () => serviceLinkedRoles.find("AWSServiceRoleForAutoScaling");
    expect(find()).to.equal(undefined);
    const scene = new Scene({
      onFirstUse: () => void serviceLinkedRoles.isThereOrCreated("autoscaling.amazonaws.com"),
    });
    scene.compute.autoScaling.create("users-blue", scene.groupSettings(0, { maxSize: 1 }));
    expect(find()).to.have.property("Path", "/aws-service-role/autoscaling.amazonaws.com/");
    scene.close();
  });

  it("makes RDS's role at its first use and refuses that, and takes the next (I17)", () => {
    const { serviceLinkedRoles } = new Iam(silentCloud(), { isNewAccount: true });
    const role = new RdsRole(() => serviceLinkedRoles.isThereOrCreated("rds.amazonaws.com"));
    const zones = { "subnet-a": "ap-northeast-1a", "subnet-c": "ap-northeast-1c" };
    const subnet = (id: string) => ({ vpcId: "vpc-1", availabilityZone: zones[id as keyof typeof zones] }) as never;
    const groups = new SubnetGroups(silentCloud(), { subnet }, () => false, role);
    const create = () => groups.create("main", "private", Object.keys(zones));
    expect(refusal(create)).to.equal(
      "InvalidParameterValue: Unable to create the resource. Verify that you have permission to create service linked role. Otherwise wait and try again later",
    );
    expect(serviceLinkedRoles.find("AWSServiceRoleForRDS")).to.have.property(
      "Path",
      "/aws-service-role/rds.amazonaws.com/",
    );
    expect(create()).to.have.property("vpcId", "vpc-1");
  });

  it("has AWS's default of vCPUs, until it is raised (A26)", () => {
    const operations = serviceQuotasOperations(new Quotas(true));
    const value = () => operations.GetServiceQuota!(VCPUS, CALL);
    expect(value()).to.have.nested.property("Quota.Value", 5);
    operations.RequestServiceQuotaIncrease!({ ...VCPUS, DesiredValue: 32 }, CALL);
    expect(value()).to.have.nested.property("Quota.Value", 32);
    expect(refusal(() => operations.RequestServiceQuotaIncrease!({ ...VCPUS, DesiredValue: 8 }, CALL))).to.match(
      /^IllegalArgumentException: You must provide a quota value greater than the current quota value of 32/,
    );
  });

  it("refuses instances beyond its quota of vCPUs (A26)", async () => {
    const scene = new Scene({ vcpuLimit: () => 5 });
    const launch = () =>
      scene.compute.instances.launch({
        launchTemplateId: scene.launchTemplate({}),
        version: "$Latest",
        subnetId: "subnet-a",
        autoScalingGroup: "users-blue",
      });
    launch();
    const second = launch();
    expect(refusal(launch)).to.match(
      /^VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 5 allows for/,
    );
    await scene.compute.instances.terminate(second.instanceId);
    launch();
    scene.close();
  });

  it("is refused its first load balancer, until Support has enabled it (E47)", async () => {
    const refusedBy = async (newAccount: boolean) => {
      const parts = { newAccount, state: { loadBalancers: new Map() } } as unknown as ConstructorParameters<
        typeof LoadBalancers
      >[1];
      const balancers = new LoadBalancers(silentCloud(), parts);
      const settings = { subnets: [] } as never;
      const attempt = () =>
        balancers.create({ name: "blue", internal: false, settings }).then(
          () => "",
          (error: { code?: string }) => error.code,
        );
      return [await attempt(), await attempt()];
    };
    // Without subnets every later attempt is refused for these.
    expect((await refusedBy(true))[0]).to.equal("OperationNotPermitted");
    expect((await refusedBy(true))[1]).to.equal("ValidationError");
    expect((await refusedBy(false))[0]).to.equal("ValidationError");
  });
});
