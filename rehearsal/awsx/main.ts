import "../../automation/core/light-pulumi-sdk";
import "../../automation/stack/silent-pulumi-sdk";
import type * as pulumi from "@pulumi/pulumi";
import { main, type Provider } from "@pulumi/pulumi/provider";
import { Vpc } from "./vpc";
import { parseVpcArgs } from "./vpc-args";

/** The version of awsx whose children the stand-in declares. */
const AWSX_VERSION = "3.9.0";

const provider: Provider = {
  version: AWSX_VERSION,
  async construct(name: string, type: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions) {
    if (type !== "awsx:ec2:Vpc") throw new Error(`${type}: the rehearsal's awsx knows awsx:ec2:Vpc only`);
    const vpc = new Vpc(name, parseVpcArgs(inputs), options);
    return { urn: vpc.urn, state: vpc.build() };
  },
};

// The SDK would take a stack trace for every promise; the deploy script switches them off, too.
Error.stackTraceLimit = 0;
// Its input ends with the process that started it, which may be killed.
process.stdin.on("end", () => process.exit()).resume();
// Listens on a free port of 127.0.0.1 and prints it, as every provider plugin does.
void main(provider, process.argv.slice(2));
