import "../../../automation/core/silent-aws-sdk";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ensurePulumiCli } from "../../../automation/pulumi-cli/ensure-pulumi-cli";
import { WorkspaceStack } from "../../../automation/stack/workspace-stack";
import { STACK } from "../../../rehearsal/cloud/settings-source";

import program = require("../../../index");

/**
 * `rejecting-process.ts SETTINGS_FILE`: runs one `up` of a program with an output that is rejected, and prints what it failed with. In a
 * process of its own, because mocha takes each such rejection for a failure of its test.
 */
async function main([settingsFile = ""]: string[]): Promise<void> {
  const stack = await WorkspaceStack.open(STACK, settingsFile, wrapped, () => ensurePulumiCli());
  try {
    const { live } = (await stack.outputs())!;
    const options = { message: "test", signal: new AbortController().signal, onProgress: () => {} };
    const failure = await stack.up({ ...live, serial: live.serial + 1 }, options).catch((error: Error) => error);
    console.log(failure instanceof Error ? failure.message : "no failure");
  } finally {
    await stack.close();
  }
}

async function wrapped() {
  const { zoneId } = aws.route53.getZoneOutput({ name: "missing.jp", privateZone: false });
  const record = new aws.route53.Record("further", {
    zoneId,
    name: "x.missing.jp",
    type: "A",
    ttl: 60,
    records: ["192.0.2.1"],
  });
  const outputs = await program();
  new aws.cloudwatch.LogGroup("needing", { name: pulumi.interpolate`further-${record.fqdn}` });
  return { ...outputs, fqdn: record.fqdn };
}

void main(process.argv.slice(2));
