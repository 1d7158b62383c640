import { expect } from "chai";
import type { Image } from "../../../../../../rehearsal/cloud/kernel/ports";
import { containerCommand } from "../../../../../../rehearsal/cloud/services/ecs/model/container-command";
import { TaskDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { silentCloud } from "../../../silent-cloud";
import { workerRequest } from "./task-request";

const LAUNCH = ["node", "docker-run.js", "unix:///docker.sock", "--workdir", "/srv", "sha256:abc", "serve", "--fast"];

function imageOf(docker: boolean): Image {
  const own = docker
    ? { entryPoint: [], command: LAUNCH }
    : { entryPoint: ["/entrypoint.sh"], command: ["serve", "--fast"] };
  const config = { ...own, docker, workingDirectory: "/", directory: "/", environment: {}, architecture: undefined };
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
      const command = (image: Image) => containerCommand(image, definition, definition.container, overrides);
      expect(command(imageOf(false))).to.deep.equal(process);
      expect(command(imageOf(true))).to.deep.equal(["node", "docker-run.js", "unix:///docker.sock", ...docker]);
    });
  }
});
