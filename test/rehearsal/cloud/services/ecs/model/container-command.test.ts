import { expect } from "chai";
import type { Image } from "../../../../../../rehearsal/cloud/kernel/ports";
import { containerCommand } from "../../../../../../rehearsal/cloud/services/ecs/model/container-command";
import { type DockerPlace, splitVariables } from "../../../../../../rehearsal/cloud/services/ecs/model/docker-options";
import { TaskDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { silentCloud } from "../../../silent-cloud";
import { workerRequest } from "./task-request";

const LAUNCHER = ["node", "docker-run.js", "unix:///docker.sock", "SIGQUIT"];
const LAUNCH = [...LAUNCHER, "--workdir", "/srv", "sha256:abc", "serve", "--fast"];
const PLACE = { variables: {}, authorityFile: undefined };

function imageOf(docker: boolean, volumes: string[] = []): Image {
  const own = docker
    ? { entryPoint: [], command: LAUNCH }
    : { entryPoint: ["/entrypoint.sh"], command: ["serve", "--fast"] };
  const rest = { workingDirectory: "/", directory: "/", environment: {}, architecture: undefined, volumes };
  const config = { ...own, ...rest, docker };
  return { digest: "sha256:abc", tags: [], repository: "users", config };
}

describe("rehearsal/cloud/services/ecs/model/container-command", () => {
  /** `docker`: what stands behind `docker run` and the options for the container's surroundings. */
  const CASES: {
    what: string;
    container: object;
    overridden?: string[];
    process: string[];
    docker: string[];
  }[] = [
    {
      what: "runs an image as it is",
      container: {},
      process: ["/entrypoint.sh", "serve", "--fast"],
      docker: ["--workdir", "/srv", "sha256:abc", "serve", "--fast"],
    },
    {
      what: "gives the image's entry point another command",
      container: { command: ["sh", "-c", "exit 3"] },
      process: ["/entrypoint.sh", "sh", "-c", "exit 3"],
      docker: ["--workdir", "/srv", "sha256:abc", "sh", "-c", "exit 3"],
    },
    {
      what: "has an entry point and a command of its own",
      container: { entryPoint: ["sh", "-c"], command: ["exit 3"] },
      process: ["sh", "-c", "exit 3"],
      docker: ["--entrypoint", "sh", "--workdir", "/srv", "sha256:abc", "-c", "exit 3"],
    },
    {
      what: "has no command of the image's behind an entry point of its own",
      container: { entryPoint: ["worker"] },
      process: ["worker"],
      docker: ["--entrypoint", "worker", "--workdir", "/srv", "sha256:abc"],
    },
    {
      what: "keeps its entry point with the command of one task",
      container: { entryPoint: ["sh", "-c"], command: ["exit 3"] },
      overridden: ["exit 4"],
      process: ["sh", "-c", "exit 4"],
      docker: ["--entrypoint", "sh", "--workdir", "/srv", "sha256:abc", "-c", "exit 4"],
    },
  ];
  for (const { what, container, overridden, process, docker } of CASES) {
    it(`${what} (C50)`, () => {
      const wanted = { container: { readonlyRootFilesystem: false, memoryReservation: 128, ...container } };
      const definition = new TaskDefinitions(silentCloud()).register(workerRequest(wanted));
      const overrides = { command: overridden, environment: [] };
      const command = (image: Image) => containerCommand(image, definition, definition.container, overrides, PLACE);
      expect(command(imageOf(false))).to.deep.equal(process);
      expect(command(imageOf(true))).to.deep.equal([...LAUNCHER, ...docker]);
    });
  }

  const dockerRun = (
    container: Record<string, unknown>,
    { volumes, ...place }: Partial<Omit<DockerPlace, "volumes">> & { volumes?: string[] },
  ) => {
    const request = { ...workerRequest({ container }), volumes: ["tmp"] };
    const definition = new TaskDefinitions(silentCloud()).register(request);
    const overrides = { command: undefined, environment: [] };
    return containerCommand(imageOf(true, volumes), definition, definition.container, overrides, {
      ...PLACE,
      ...place,
    }).join(" ");
  };

  it("gives Docker by value what would change Docker's client, and nothing else", () => {
    const variables = { NODE_OPTIONS: "--require ./trace.js", PATH: "/srv/bin", LD_SDK_KEY: "s3cret", TOKEN: "s3cret" };
    const { byOption, byName } = splitVariables(variables);
    const command = dockerRun({}, { variables: byOption });
    expect(command).to.contain("SIGQUIT --env NODE_OPTIONS=--require ./trace.js --env PATH=/srv/bin --");
    expect(command).not.to.contain("s3cret");
    expect(byName).to.deep.equal({ LD_SDK_KEY: "s3cret", TOKEN: "s3cret" });
  });

  it("mounts the certificates that the cloud names, and no file that the service names", () => {
    const variables = { NODE_EXTRA_CA_CERTS: "/srv/own.pem", SSL_CERT_FILE: "/srv/own.pem" };
    const { byOption } = splitVariables(variables);
    const command = dockerRun({}, { variables: byOption, authorityFile: "/out/authority.pem" });
    expect(command).to.contain(" --volume /out/authority.pem:/out/authority.pem:ro ").and.not.contain("own.pem:");
  });

  it("joins the network that the cloud has made for it, with the names that it knows there", () => {
    const command = dockerRun({}, { network: "container:abc", hosts: "/out/hosts" });
    expect(command).to.contain("SIGQUIT --network container:abc --volume /out/hosts:/etc/hosts:ro --");
    expect(dockerRun({}, {})).not.to.match(/--network|hosts/);
  });

  for (const [what, volumes, wanted] of [
    ["root's alone", ["/data"], "--mount type=volume,dst=/tmp,volume-nocopy "],
    ["as the image has it if that names the path as VOLUME", ["/tmp"], "--mount type=volume,dst=/tmp "],
  ] as const)
    it(`has a volume that is ${what} (C37)`, () => {
      const mountPoints = [{ sourceVolume: "tmp", containerPath: "/tmp" }];
      expect(dockerRun({ mountPoints }, { volumes: [...volumes] })).to.contain(wanted);
    });
});
