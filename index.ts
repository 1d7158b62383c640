import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AccessLogs } from "./components/access-logs";
import type { Account } from "./components/account";
import { Certificate } from "./components/certificate";
import { Edge } from "./components/edge";
import { readLiveState } from "./components/live-state";
import { Network } from "./components/network";
import type { StackOutputs } from "./components/outputs";
import { Service } from "./components/service";
import { parseSettings, settingsOf } from "./components/settings";
import { UserError } from "./components/user-error";

const ACCESS_LOG_DAYS = 90;

/** The whole infrastructure of one stack. It keeps nothing between runs: the deploy script runs it several times in one process. */
async function program() {
  const settings = parseSettings(settingsOf(pulumi.runtime.allConfig()));
  const names = Object.keys(settings.services);
  const { live, previous } = await readLiveState(names);

  const account: Account = {
    id: aws.getCallerIdentityOutput().accountId,
    region: new pulumi.Config("aws").require("region"),
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
  };
  const tags = { project: account.project, stack: account.stack };
  const { deletionProtection } = settings;
  const { zoneId } = aws.route53.getZoneOutput({ name: settings.domain, privateZone: false });

  const network = new Network("network", { account, network: settings.network, tags });
  const certificate = new Certificate("domain", { domain: settings.domain, zoneId, tags });
  const accessLogs = new AccessLogs("access-logs", {
    account,
    retentionDays: ACCESS_LOG_DAYS,
    deletionProtection,
    tags,
  });
  const edge = new Edge("public", {
    vpcId: network.vpcId,
    subnetIds: network.publicSubnetIds,
    certificateArn: certificate.arn,
    accessLogBucket: accessLogs.bucket,
    deletionProtection,
    tags,
  });
  const services = names.map((name) => {
    const service = new Service(name, {
      account,
      network,
      edge,
      zoneId,
      settings,
      service: settings.services[name]!,
      live: live.services[name]!,
      previous: previous.services[name]!,
      tags,
    });
    return [name, service.outputs] as const;
  });

  return { live, region: account.region, edges: { [edge.name]: edge.outputs }, services: Object.fromEntries(services) };
}

/** Faults in settings are shown as they are, without a stack trace. */
async function run(): Promise<pulumi.Output<StackOutputs>> {
  try {
    return pulumi.output(await program()) as pulumi.Output<StackOutputs>;
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}

export = run;
