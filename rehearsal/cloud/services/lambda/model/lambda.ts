import { rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Logs, Permissions, ServerRoute } from "../../../kernel/ports";
import type { Network } from "../../ec2/model/network";
import { type Files, unpack } from "./code";
import { type InvocationResult, invokeInProcess } from "./function-process";

/** AWS seconds until a function in a VPC is active: its network interfaces take that long. Our number; AWS says "up to 90". */
const ACTIVE_SECONDS = 60;
/** AWS seconds for which they stay after the function is gone. Our number; AWS says up to 20 minutes (aws-rules L4). */
const INTERFACES_SECONDS = 300;
const MAX_NAME_LENGTH = 64;
/** Lambda's own calls lack the key that those of the function's code have (aws-rules L3). In lower case, as all keys. */
const BY_LAMBDA = { "lambda:sourcefunctionarn": [] };
const PRINCIPAL = "lambda.amazonaws.com";

export interface FunctionSettings {
  name: string;
  code: Files;
  handler: string;
  /** ARN. */
  role: string;
  timeoutSeconds: number;
  memoryMib: number;
  logGroup: string;
  /** Environment variables of its code. */
  variables: Record<string, string>;
  /** Empty outside of a VPC. */
  subnetIds: string[];
  securityGroupIds: string[];
}

export interface LambdaFunction extends FunctionSettings {
  arn: string;
  /** Null outside of a VPC. */
  vpcId: string | null;
  interfaceIds: string[];
}

/** What a run of a function's code gets of the cloud. */
export interface FunctionSurroundings {
  environment: Record<string, string>;
  routes: readonly ServerRoute[];
  close(): Promise<void>;
}

export interface LambdaPorts {
  context: CloudContext;
  network: Network;
  permissions: Permissions;
  logs: Logs;
  /** Holds the functions' code. */
  directory: string;
  open(made: LambdaFunction, requestId: string, log: (line: string) => void): Promise<FunctionSurroundings>;
}

/** Lambda: functions in a VPC or outside of one, whose code really runs (aws-rules L1 to L4). */
export class Lambda {
  readonly #byName = new Map<string, LambdaFunction>();

  constructor(private readonly ports: LambdaPorts) {}

  /** Resolves when the function is active. */
  async create(settings: FunctionSettings): Promise<LambdaFunction> {
    const { context, network } = this.ports;
    const { region, accountId } = context;
    const { name, subnetIds, securityGroupIds } = settings;
    if (name.length > MAX_NAME_LENGTH || !/^[\w-]+$/.test(name))
      throw new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${MAX_NAME_LENGTH}`,
      );
    if (this.#byName.has(name)) throw new AwsError("ResourceConflictException", `Function already exist: ${name}`);
    this.#checkRole(settings);
    const [subnetId] = subnetIds;
    const made: LambdaFunction = {
      ...settings,
      arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
      vpcId: subnetId === undefined ? null : network.subnet(subnetId).vpcId,
      interfaceIds: subnetIds.map(
        (subnetId) =>
          network.attachInterface({ subnetId, securityGroupIds, description: `AWS Lambda VPC ENI-${name}` }).id,
      ),
    };
    this.#byName.set(name, made);
    this.#unpack(made);
    if (made.vpcId !== null) await context.clock.sleep(ACTIVE_SECONDS);
    return made;
  }

  async update(name: string, settings: FunctionSettings): Promise<LambdaFunction> {
    const made = this.get(name);
    this.#checkRole(settings);
    for (const id of made.interfaceIds) this.ports.network.setInterfaceGroups(id, settings.securityGroupIds);
    Object.assign(made, settings);
    this.#unpack(made);
    return made;
  }

  find(name: string): LambdaFunction | undefined {
    return this.#byName.get(name);
  }

  get(name: string): LambdaFunction {
    const made = this.#byName.get(name);
    if (made) return made;
    const { region, accountId } = this.ports.context;
    throw new AwsError(
      "ResourceNotFoundException",
      `Function not found: arn:aws:lambda:${region}:${accountId}:function:${name}`,
    );
  }

  delete(name: string): void {
    const { interfaceIds } = this.get(name);
    const { context, network } = this.ports;
    this.#byName.delete(name);
    const timer = setTimeout(() => {
      for (const id of interfaceIds) network.detachInterface(id);
    }, context.clock.realMs(INTERFACES_SECONDS));
    timer.unref();
  }

  /** Runs the function's code. */
  async invoke(name: string, payload: string): Promise<InvocationResult> {
    const { context, logs, open } = this.ports;
    const made = this.get(name);
    const requestId = context.random.uuid();
    const stream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${context.random.hex(32)}`;
    const log = (line: string) => logs.append(made.logGroup, stream.replaceAll("/", "-"), line);
    log(`START RequestId: ${requestId} Version: $LATEST`);
    const surroundings = await open(made, requestId, log);
    try {
      return await invokeInProcess({
        directory: this.#directoryOf(made),
        handler: made.handler,
        payload,
        environment: { ...made.variables, AWS_LAMBDA_FUNCTION_NAME: name, ...surroundings.environment },
        routes: surroundings.routes,
        timeoutMs: made.timeoutSeconds * 1000,
        onLine: log,
      });
    } finally {
      log(`END RequestId: ${requestId}`);
      await surroundings.close();
    }
  }

  /** A role that is new is not known to Lambda for some seconds; the provider tries again (I7). */
  #checkRole({ role: arn, subnetIds }: FunctionSettings): void {
    const { permissions } = this.ports;
    const role = permissions.roleNameOfArn(arn);
    if (role === undefined || !permissions.trusts(role, PRINCIPAL))
      throw new AwsError(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
      );
    if (subnetIds.length > 0 && !permissions.allows(role, "ec2:CreateNetworkInterface", "*", BY_LAMBDA))
      throw new AwsError(
        "InvalidParameterValueException",
        "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
      );
  }

  #unpack(made: LambdaFunction): void {
    const directory = this.#directoryOf(made);
    rmSync(directory, { recursive: true, force: true });
    unpack(made.code, directory);
  }

  #directoryOf({ name, code }: LambdaFunction): string {
    return join(this.ports.directory, name, code.hash.slice(0, 16));
  }
}
