import { authorityFileOf } from "../../../kernel/client-environment";
import type { CloudContext } from "../../../kernel/context";
import type { Image, TaskEnvironment, TaskEnvironments } from "../../../kernel/ports";
import type { ApiEndpoint, ContainerNetwork } from "../../../processes/container-networks";
import { findProgram } from "../../../processes/find-program";
import { listeningSockets } from "../../../processes/first-process";
import { freePort } from "../../../processes/free-port";
import type { ProcessLedger } from "../../../processes/process-ledger";
import { meansOf, meansOfDocker, PLAIN, type Surroundings } from "../../../processes/surroundings";
import type { TaskFolders } from "../../../processes/task-folders";
import { formatError, TaskProcess } from "../../../processes/task-process";
import { TerminalProcess } from "../../../processes/terminal-process";
import { containerCommand } from "./container-command";
import type { ContainerDefinition } from "./container-definition";
import type { ContainerInstance } from "./container-instance";
import { ContainerStartError } from "./container-start";
import { dockerEndpoint, splitVariables } from "./docker-options";
import { containerMemory, titleOf } from "./task-definition";
import { NO_OVERRIDES, type TaskRequest } from "./task-request";

/** What AWS calls processors, in Docker's words. */
const DOCKER_ARCHITECTURES = { x86_64: "amd64", arm64: "arm64" } as const;

/** The disk that a task on Fargate has. */
const FARGATE_DISK_MIB = 20 * 1024;

export interface TaskContainerPorts {
  context: CloudContext;
  ledger: ProcessLedger;
  folders: TaskFolders;
  /** What this machine allows of a container's surroundings. */
  surroundings: Surroundings;
  /** The cloud's API, as tasks in networks of their own reach it. */
  apiEndpoint(): ApiEndpoint;
  /** Gives a task its network and its credentials; without it, a task has neither. */
  taskEnvironments?: TaskEnvironments;
  /** Writes one line to the cloud's log, unless it has written it before. */
  logOnce(line: string): void;
}

export interface TaskContainerRequest {
  request: TaskRequest;
  /** Definition of this container, which is one of the task's. */
  definition: ContainerDefinition;
  image: Image;
  /** By name; they take precedence over those of the definition. */
  secrets: Record<string, string>;
  /** Containers of the task that it finds by name (aws-rules C43). */
  links: readonly { name: string; container: TaskContainer }[];
  /** Appends a line to the container's log stream. */
  log(line: string): void;
}

/** A container of a task: a process, and what surrounds it. */
export class TaskContainer {
  private constructor(
    private readonly definition: ContainerDefinition,
    private readonly parts: Parts,
    readonly process: TaskProcess,
  ) {}

  /** @throws ContainerStartError, and everything that was opened for the container is closed again */
  static async start(ports: TaskContainerPorts, asked: TaskContainerRequest): Promise<TaskContainer> {
    const { definition, request } = asked;
    const isFirst = definition.name === request.definition.container.name;
    const parts: Parts = { id: isFirst ? request.id : `${request.id}-${definition.name}`, ports, unlink: [] };
    try {
      await open(parts, asked);
      const process = await startProcess(parts, asked);
      void tellSurroundings(parts, asked, process);
      return new TaskContainer(definition, parts, process);
    } catch (error) {
      await close(parts);
      throw error;
    }
  }

  /** Where load balancers reach it; undefined without a port, or while nothing can answer there. */
  get endpoint(): { address: string; port: number } | undefined {
    return this.parts.endpoint;
  }

  /** Its own; undefined where it shares this machine's. */
  get network(): ContainerNetwork | undefined {
    return this.parts.network;
  }

  /**
   * Returns why nobody outside the container reaches its port, for a person; undefined if somebody does, if nothing
   * listens yet, or if that cannot be seen.
   */
  explainSilence(): string | undefined {
    const { endpoint, network } = this.parts;
    const [mapping] = this.definition.portMappings;
    if (!endpoint || !mapping) return undefined;
    const own = [network?.apiPort, network?.proxyPort];
    const sockets = listeningSockets(this.process.firstProcess).filter(({ port }) => !own.includes(port));
    const there = sockets.filter(({ port }) => port === endpoint.port);
    const { name } = this.definition;
    if (there.length > 0 && there.every(({ isLoopback }) => isLoopback)) {
      return `${name} listens on 127.0.0.1 only, which nothing outside its container reaches: let it listen on 0.0.0.0`;
    }
    if (there.length > 0 || !network) return undefined;
    const others = [...new Set(sockets.map(({ port }) => port))];
    if (others.length === 0) return undefined;
    return `${name} listens on port ${others.join(", ")}, and load balancers reach only port ${mapping.containerPort} of its container (setting "port")`;
  }

  /**
   * Starts a command in a terminal, with all that surrounds the container's process, and with its environment.
   * @throws Error in the agent's words if there is no such program, and for a container of this machine's Docker
   */
  openTerminal(command: readonly string[], onOutput: (bytes: Buffer) => void): TerminalProcess {
    const { ports, variables: environment = {}, workingDirectory = "/", isOfDocker } = this.parts;
    if (isOfDocker)
      throw new Error("the rehearsal cloud opens no session in a container of this machine's Docker: use docker exec");
    const [program = ""] = command;
    try {
      findProgram(program, workingDirectory, environment.PATH ?? process.env.PATH ?? "");
    } catch {
      throw new Error(
        `Unable to start command: Failed to start pty: exec: "${program}": executable file not found in $PATH`,
      );
    }
    return new TerminalProcess({
      command: this.process.inside(command),
      workingDirectory,
      // The agent adds and replaces the same variables.
      environment: { LANG: "C.UTF-8", ...environment, TERM: "xterm-256color" },
      ledger: ports.ledger,
      onOutput,
    });
  }

  /** Ends what surrounds the process, which has ended. */
  close(): Promise<void> {
    return close(this.parts);
  }
}

/** What is opened for a container, one after the other. */
interface Parts {
  /** Different for each container of this machine. */
  id: string;
  ports: TaskContainerPorts;
  /** The file with the host names that it knows, in place of /etc/hosts. */
  hosts?: string;
  /** Each ends a connection with another container. */
  unlink: (() => Promise<void>)[];
  network?: ContainerNetwork | undefined;
  environment?: TaskEnvironment | undefined;
  endpoint?: { address: string; port: number };
  /** What the process has. */
  variables?: Record<string, string>;
  workingDirectory?: string;
  isOfDocker?: boolean;
}

async function open(parts: Parts, asked: TaskContainerRequest): Promise<void> {
  const { ports } = parts;
  const { request, image, log } = asked;
  const { definition, host } = request;
  const surroundings = surroundingsOf(ports, image);
  if (definition.networkMode !== "host") parts.network = await takeNetwork(ports, image);
  const { instanceId, vpcId, subnetId, securityGroupIds } = host.instance;
  parts.environment = await ports.taskEnvironments?.open({
    taskId: request.id,
    ...{ instanceId, vpcId, subnetId, securityGroupIds },
    // The program names containers after its services; the name of an ECS service is the provider's.
    service: definition.container.name,
    taskRoleArn: definition.taskRoleArn,
    network: parts.network,
    log,
  });
  await openLinks(parts, asked, surroundings);
  const [mapping] = asked.definition.portMappings;
  if (!mapping) return;
  parts.endpoint = parts.network
    ? { address: parts.network.address, port: mapping.containerPort }
    : { address: surroundings.sharedAddress, port: await freePort(surroundings.sharedAddress) };
}

/** Takes a network for a container; undefined where this machine gives it none of its own. */
async function takeNetwork(ports: TaskContainerPorts, { config }: Image): Promise<ContainerNetwork | undefined> {
  const { networks } = ports.surroundings;
  if (!networks || !config.docker) return networks?.take(ports.apiEndpoint());
  try {
    return await networks.take(ports.apiEndpoint(), dockerEndpoint(config.command));
  } catch (error) {
    ports.logOnce(`containers of Docker share this machine's network: ${(error as Error).message}`);
    return undefined;
  }
}

/** Connects the container with those that it has links to, and gives it their names. */
async function openLinks(
  parts: Parts,
  { definition, links }: TaskContainerRequest,
  { networks }: Surroundings,
): Promise<void> {
  const { ports, network } = parts;
  const names: [string, string][] = [];
  for (const { name, container } of links) {
    const other = container.network;
    if (networks && network && other) {
      parts.unlink.push(await networks.connect(network, other));
      names.push([name, other.address]);
    } else {
      ports.logOnce(
        `${definition.name} does not find ${name} by its name: only where containers have networks of their own (Linux, as root) does a rehearsal connect the containers of a task (aws-rules C43)`,
      );
    }
  }
  names.push(...(parts.environment?.hosts ?? []));
  if (names.length > 0) parts.hosts = ports.folders.createHosts(parts.id, names);
}

async function startProcess(parts: Parts, asked: TaskContainerRequest): Promise<TaskProcess> {
  const { ports, environment, network, endpoint } = parts;
  const { request, definition: container, image, secrets, log } = asked;
  const { definition, host } = request;
  // RunTask names the container of its overrides, which is the first one.
  const overrides = container.name === definition.container.name ? request.overrides : NO_OVERRIDES;
  const { config } = image;
  const surroundings = surroundingsOf(ports, image);
  const temporaryMib = temporaryMibOf(container);
  // Without a file system of its own, libraries would use the `/tmp` of this machine.
  const temporary: Record<string, string> =
    temporaryMib !== undefined && !surroundings.unshare && !config.docker
      ? { TMPDIR: ports.folders.create(parts.id) }
      : {};
  // Containers that share a network cannot all have the port that they are told.
  const shared: Record<string, string> =
    endpoint && !network ? { HOST: endpoint.address, PORT: String(endpoint.port) } : {};
  const databaseHost = container.environment.find(({ name }) => name === "PGHOST")?.value;
  const database = environment?.routes.find((route) => route.host === databaseHost);
  const routed: Record<string, string> = database ? { PGHOST: "127.0.0.1", PGPORT: String(database.localPort) } : {};
  parts.workingDirectory = config.workingDirectory;
  parts.isOfDocker = config.docker;
  parts.variables = {
    ...config.environment,
    ...environment?.environment,
    ...temporary,
    ...variables(container.environment),
    ...secrets,
    ...variables(overrides.environment),
    ...shared,
    ...routed,
  };
  const { byOption, byName } = config.docker
    ? splitVariables(parts.variables)
    : { byOption: {}, byName: parts.variables };
  const command = containerCommand(image, definition, container, overrides, {
    variables: byOption,
    authorityFile: environment && authorityFileOf(environment.environment),
    network: network?.dockerNetwork,
    hosts: parts.hosts,
  });
  return TaskProcess.start({
    command: runsOn(host, image) ? command : formatError(command[0]!),
    workingDirectory: config.workingDirectory,
    environment: byName,
    ledger: ports.ledger,
    onLine: log,
    container: {
      surroundings,
      network,
      // The root file system is this machine's: with ECS Exec, too, which needs one that can be written to on AWS (C46), a person's
      // shell changes nothing there.
      readOnlyRoot: (container.readonlyRootFilesystem ?? false) || (request.enableExecuteCommand ?? false),
      hasInit: container.linuxParameters?.initProcessEnabled ?? false,
      tmpfsMib: temporaryMib,
      memoryMib: containerMemory(definition, container),
      hosts: parts.hosts,
      imageDirectory: config.directory,
      isOfDocker: config.docker,
    },
  }).catch((error: Error) => {
    throw new ContainerStartError(`CannotStartContainerError: Error response from daemon: ${error.message}`);
  });

  /** Whether an image is for its instance's processor (aws-rules K5); if not, the cloud's log says so. */
  function runsOn({ instance }: ContainerInstance, { repository, digest, config: { architecture } }: Image): boolean {
    const wanted = DOCKER_ARCHITECTURES[instance.capacity.architecture];
    if (architecture === undefined || architecture === wanted) return true;
    ports.logOnce(
      `${container.name} cannot start: its image ${repository}@${digest.slice(0, 19)} is built for linux/${architecture}, and its ${instance.autoScalingGroup === "" ? "tasks" : "instances"} (${instance.instanceType}) run linux/${wanted} (exec format error): build it for linux/${wanted}, as with DOCKER_DEFAULT_PLATFORM=linux/${wanted}${instance.autoScalingGroup === "" ? "" : ", or set another instanceType"}`,
    );
    return false;
  }
}

/** Size of the container's `/tmp`, which it may write to: a folder in memory, or a volume on the task's own disk. */
function temporaryMibOf({ linuxParameters, mountPoints }: ContainerDefinition): number | undefined {
  const [tmpfs] = linuxParameters?.tmpfs ?? [];
  return tmpfs?.size ?? (mountPoints.length > 0 ? FARGATE_DISK_MIB : undefined);
}

/** Emits how the container has what surrounds it, as soon as that is known. */
async function tellSurroundings(
  { ports, endpoint, network }: Parts,
  { request, definition, image }: TaskContainerRequest,
  process: TaskProcess,
): Promise<void> {
  const seesFirstProcess = await process.seesFirstProcess();
  const { surroundings, context } = ports;
  const means = image.config.docker
    ? meansOfDocker({ ...surroundings, networks: network && surroundings.networks }, seesFirstProcess)
    : meansOf(surroundings);
  // Only who listens somewhere is told where.
  const { loopback, allAddresses, ...others } = means;
  const ofServer: Record<string, string | null> = endpoint ? { loopback, allAddresses } : {};
  const container = titleOf(request.definition, definition);
  context.emit({ kind: "surroundings", atMs: Date.now(), container, means: { ...others, ...ofServer } });
}

/** Docker gives its containers their surroundings itself, all but a network that the rehearsal reaches. */
function surroundingsOf({ surroundings }: TaskContainerPorts, { config }: Image): Surroundings {
  const { sharedAddress, networks } = surroundings;
  return config.docker ? { ...PLAIN, sharedAddress, networks } : surroundings;
}

async function close({ id, ports, network, environment, unlink }: Parts): Promise<void> {
  // A cloud that ends closes the networks first.
  for (const end of unlink) await end().catch(() => {});
  await environment?.close().catch((error: Error) => {
    ports.logOnce(`task ${id}: its environment did not close: ${error.message}`);
  });
  network?.release();
  await ports.folders.remove(id).catch((error: Error) => {
    ports.logOnce(`task ${id}: its temporary folder stays: ${error.message}`);
  });
}

function variables(list: { name: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
