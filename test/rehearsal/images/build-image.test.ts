import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../../automation/core/project-directory";
import { UserError } from "../../../components/core/user-error";
import { architectureOf } from "../../../rehearsal/images/architecture";
import { buildImage } from "../../../rehearsal/images/build-image";
import { requireDocker } from "../../../rehearsal/images/docker-image";
import { IMAGES } from "../../../rehearsal/images/image-folder";
import { eventually } from "../../eventually";
import { failureOf } from "../../failure-of";
import { runImage, stopImage } from "./run-image";

const OUT = join(PROJECT_DIRECTORY, "out");

function imagesOf(folder: string): string[] {
  return existsSync(IMAGES) ? readdirSync(IMAGES).filter((name) => name.startsWith(`${basename(folder)}-`)) : [];
}

describe("buildImage", () => {
  let folder: string;
  beforeEach(() => {
    mkdirSync(OUT, { recursive: true });
    folder = mkdtempSync(join(OUT, "test-service-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const image of imagesOf(folder)) rmSync(join(IMAGES, image), { recursive: true });
  });

  function write(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }

  const failure = () =>
    buildImage(folder, []).then(
      () => "built",
      (error: Error) => error.message,
    );
  const named = (line: string) => `out/${folder.slice(OUT.length + 1)}${line}`;

  async function output(environment: Record<string, string> = {}): Promise<string> {
    const { child, lines } = runImage(await buildImage(folder, []), environment);
    const stderr = text(child.stderr!);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(await stderr);
    return lines.join("\n");
  }

  it("compiles sub-folders, and finds files beside the source and packages of the project", async () => {
    write({
      "main.ts":
        'import { name } from "./deep/er/name";\nimport words from "./words.json";\nimport { parse } from "yaml";\nconsole.log(name, words.hello, parse("[1]"));',
      "deep/er/name.ts": 'export const name: string = "deep";',
      "words.json": '{"hello":"hi"}',
      "package.json": '{"dependencies":{"yaml":"*"}}',
      "test/broken.ts": "this is no TypeScript",
      ".dockerignore": "# not in the image\ntest\n*.md\n",
    });
    expect(await output()).to.equal("deep hi [ 1 ]");
  });

  it("prefers the service's own packages", async () => {
    write({
      "main.ts": 'console.log(require("yaml"));',
      "package.json": '{"dependencies":{"yaml":"*","own":"*"}}',
      "node_modules/yaml/index.js": 'module.exports = "own yaml, " + require("own");',
      "node_modules/yaml/package.json": '{"version":"0.1.0"}',
      "node_modules/own/index.js": 'module.exports = "own own";',
      "node_modules/own/package.json": '{"version":"0.1.0"}',
    });
    expect(await output()).to.equal("own yaml, own own");
  });

  it("has what its packages need in turn, and no package that it does not declare", async () => {
    write({
      "main.ts": `console.log(require("a"), require("c"));
        for (const name of ["undeclared", "yaml"])
          try { require(name); } catch (error) { console.log((error as { code: string }).code); }`,
      "package.json": '{"dependencies":{"a":"1","c":"2"},"devDependencies":{"undeclared":"1"}}',
      "node_modules/a/package.json": '{"version":"1.0.0","dependencies":{"b":"1","c":"1"}}',
      "node_modules/a/index.js": 'module.exports = "a with " + require("b") + " and " + require("c");',
      "node_modules/a/node_modules/c/package.json": '{"version":"1.0.0"}',
      "node_modules/a/node_modules/c/index.js": 'module.exports = "c 1";',
      "node_modules/b/package.json": '{"version":"1.0.0"}',
      "node_modules/b/index.js": 'module.exports = "b";',
      "node_modules/c/package.json": '{"version":"2.0.0"}',
      "node_modules/c/index.js": 'module.exports = "c 2";',
      "node_modules/undeclared/package.json": '{"version":"1.0.0"}',
      "node_modules/undeclared/index.js": "",
    });
    expect(await output()).to.equal("a with b and c 1 c 2\nMODULE_NOT_FOUND\nMODULE_NOT_FOUND");
  });

  const platforms: [what: string, dockerfile: string, variable: string | undefined, wanted: string][] = [
    ["this machine", "FROM node:24-alpine", undefined, process.arch === "arm64" ? "arm64" : "amd64"],
    ["Docker's variable", "FROM --platform=$BUILDPLATFORM node AS build\nFROM node", "linux/arm64", "arm64"],
    ["its last stage", "FROM node AS build\nFROM --platform=linux/arm64/v8 node", "linux/amd64", "arm64"],
    ["the build's target", "FROM --platform=$TARGETPLATFORM node", "linux/amd64", "amd64"],
  ];
  for (const [what, dockerfile, variable, wanted] of platforms) {
    it(`is for the processor of ${what}`, async () => {
      write({ Dockerfile: dockerfile });
      expect(await architectureOf(folder, { DOCKER_DEFAULT_PLATFORM: variable })).to.equal(wanted);
    });
  }

  it("compiles with the options of tsconfig.json, to ECMAScript modules if package.json says so", async () => {
    write({
      "main.ts":
        'import { shout } from "./shout.js";\nfunction loud(c: unknown) { shout(import.meta.url.slice(0, 4)); }\n@loud class A {}\nvoid A;',
      "shout.ts": "export const shout = (text: string) => console.log(text.toUpperCase());",
      "package.json": '{"type":"module"}',
      "tsconfig.json": '{"compilerOptions":{"module":"node20","experimentalDecorators":true,"outDir":"dist"}}',
    });
    expect(await output()).to.equal("FILE");
  });

  it("takes a package.json with a byte order mark, as npm and Node do", async () => {
    write({ "main.ts": "console.log(typeof require);", "package.json": '\uFEFF{"type":"module"}' });
    expect(await output()).to.equal("undefined");
  });

  for (const [what, content, wrong] of [
    ["without its end", '{"name": "x"', /is not JSON: \S.+$/],
    ["of null", "null", /is null: wanted an object in JSON$/],
    ["of a list", "[]", /is \[\]: wanted an object in JSON$/],
  ] as const)
    for (const [whose, file, files] of [
      ["its own", "package.json", {}],
      [
        "that of a package that it needs",
        "node_modules/x/package.json",
        { "package.json": '{"dependencies":{"x":"1"}}' },
      ],
      // Its packages are those that it has when it runs.
      ["its own beside rehearsal.yaml", "package.json", { "rehearsal.yaml": "command: [node, main.js]" }],
    ] as const)
      it(`says in one line that a package.json ${what} is wrong: ${whose}`, async () => {
        write({ "main.ts": "", ...files, [file]: content });
        const error = await failureOf(buildImage(folder, []));
        expect(error).to.be.instanceOf(UserError).with.property("exitCode", 2);
        expect(error.message).to.match(wrong);
        expect(error.message.split(" is ")[0]).to.equal(named(`/${file}`));
      });

  it("differs with every file that can matter, and with nothing else", async () => {
    const workingDirectory = async () => (await buildImage(folder, [])).config.WorkingDir;
    write({ "main.ts": "console.log(1);", "data/list.txt": "a" });
    const seen = [await workingDirectory()];
    const changes: (() => void)[] = [
      () => write({ "main.ts": "console.log(2);" }),
      () => write({ "data/list.txt": "b" }),
      () => write({ "data/more.txt": "" }),
      () => chmodSync(join(folder, "data/more.txt"), 0o755),
      () => symlinkSync("data/list.txt", join(folder, "link")),
      () =>
        write({
          "package.json": '{"dependencies":{"own":"1"}}',
          "node_modules/own/package.json": '{"version":"1.0.0"}',
        }),
      () => write({ "node_modules/own/package.json": '{"version":"1.0.1"}' }),
    ];
    for (const change of changes) {
      change();
      const next = await workingDirectory();
      expect(seen).not.to.include(next);
      expect(await workingDirectory()).to.equal(next);
      seen.push(next);
    }
    write({ "node_modules/x.js": "", ".venv/x.py": "", "__pycache__/x.pyc": "" });
    expect(await workingDirectory()).to.equal(seen.at(-1));
  });

  it("keeps what a release runs, whatever becomes of its source", async () => {
    write({ "main.ts": "console.log(require('./data.json').version);", "data.json": '{"version":1}' });
    const first = await buildImage(folder, ["FAULT=none"]);
    write({ "data.json": '{"version":2}' });
    expect(await output()).to.equal("2");
    const { child, lines } = runImage(first, {});
    await once(child, "close");
    expect(lines).to.deep.equal(["1"]);
    expect(first.config.Env).to.deep.equal(["FAULT=none"]);
  });

  it("runs what rehearsal.yaml says, after its build, where it says", async () => {
    write({
      "rehearsal.yaml":
        'build: [sh, -c, "echo built > ../built.txt"]\nworkingDirectory: src\ncommand: [sh, -c, "cat ../built.txt own.txt; echo $RELEASE"]\n',
      "src/own.txt": "own\n",
    });
    expect(await output({ RELEASE: "r1" })).to.equal("built\nown\nr1");
  });

  it("says in one line what it cannot build", async () => {
    expect(await failure()).to.equal(
      `there is no ${named("/main.ts")} to make an image of, and no ${named("/rehearsal.yaml")} that says how it is run`,
    );
    write({ "main.ts": "const a = 1;\nconst b = ;", "package.json": "{}" });
    expect(await failure()).to.match(new RegExp(`^${named("/main.ts:2: .+")}$`));
    write({ "main.ts": "", "package.json": '{"dependencies":{"no-such-package":"1"}}' });
    expect(await failure()).to.equal(
      `${named("")} needs no-such-package: install with \`npm install --prefix ${named("")}\``,
    );
    write({ "rehearsal.yaml": 'build: [sh, -c, "echo one; echo two >&2; exit 3"]\ncommand: [a]' });
    expect(await failure()).to.equal(`${named("")}: build failed: one\ntwo`);
    write({ "rehearsal.yaml": "build: [no-such-program]\ncommand: [a]" });
    expect(await failure()).to.match(/: build failed: .*ENOENT: no-such-program$/);
  });

  const wrong: [yaml: string, ...faults: string[]][] = [
    ["a: [", "not YAML: "],
    ["- a", "wanted a map of command, build, workingDirectory or docker"],
    ["{}", "command: wanted a program and its arguments, such as [python3, main.py], or docker: wanted an image"],
    ["command: python3 main.py", "command: wanted a program and its arguments, such as [python3, main.py]"],
    ["command: []", "command: wanted a program and its arguments"],
    ["command: [a]\nport: 1\nenv: {}", "unknown key port, env, wanted command, build, workingDirectory or docker"],
    ["command: [a]\nworkingDirectory: ..", "workingDirectory: given .., wanted a folder inside the service's"],
    ["command: [a]\nworkingDirectory: /tmp", "workingDirectory: given /tmp, wanted a folder inside the service's"],
    ["command: [a]\nworkingDirectory: src", "workingDirectory: given src, wanted a folder inside the service's"],
    ["docker: -v", "docker: wanted an image that this machine's Docker has"],
    ["docker: a\nbuild: [b]", "build: not together with docker"],
    ["docker: a\nworkingDirectory: src", "workingDirectory: wanted a path in the container"],
    ["command: 1\nbuild: 2", "command: wanted", "build: wanted"],
  ];
  for (const [yaml, ...faults] of wrong) {
    it(`refuses ${JSON.stringify(yaml)}`, async () => {
      write({ "rehearsal.yaml": yaml });
      const lines = (await failure()).split("\n");
      expect(lines).to.have.length(faults.length);
      for (const [index, fault] of faults.entries())
        expect(lines[index]).to.contain(`${named("/rehearsal.yaml")}: ${fault}`);
    });
  }

  describe("with docker", () => {
    const path = process.env.PATH;
    let tools: string;
    let calls: string;
    /**
     * Stands in for Docker, which may not be here: notes what it is told and runs until it gets a signal.
     * @param told what it says instead, a script for each
     */
    function installDocker(told: { image?: string; build?: string; run?: string; endpoint?: string } = {}): void {
      const { image = inspected("$id"), build = "exit 1", endpoint = "" } = told;
      // It ends by the signal that Docker is told to send.
      const signalled = join(tools, "signal");
      const {
        run = `echo "SECRET is $SECRET"; until [ -e ${signalled} ] || [ ! -e ${tools} ]; do sleep 0.05; done; exit 3`,
      } = told;
      const script = [
        "#!/bin/sh",
        `echo "$@" >> ${calls}`,
        `if [ "$1" = --host ]; then shift 2; fi`,
        `case "$*" in`,
        // The last word names an image, or is its id.
        `"image inspect "*) for id; do :; done; [ $id = doodle:v1 ] && id=sha256:abc; ${image};;`,
        `"context inspect "*) echo "${endpoint}";;`,
        `"build "*) ${build};;`,
        `"run "*) ${run};;`,
        `"kill "*) touch ${signalled};;`,
        // Docker's client ends when its container is removed.
        `"rm "*) touch ${signalled};;`,
        "esac",
      ];
      writeFileSync(join(tools, "docker"), script.join("\n"), { mode: 0o755 });
    }
    /** A script that says what Docker does of an image. */
    const inspected = (id: string, config = {}) =>
      `echo '${JSON.stringify({ Id: "ID", Architecture: "amd64", Config: config })}' | sed "s/ID/${id}/"`;
    beforeEach(() => {
      tools = mkdtempSync(join(OUT, "test-docker-"));
      calls = join(tools, "calls");
      process.env.PATH = `${tools}:${path}`;
      write({ "rehearsal.yaml": "docker: doodle:v1\ncommand: [serve, --fast]\nworkingDirectory: /srv" });
    });
    afterEach(() => {
      process.env.PATH = path;
      // The last call of docker may still be noted.
      rmSync(tools, { recursive: true, maxRetries: 5 });
    });

    const seen = () => readFileSync(calls, "utf8").trim().split("\n");
    const runs = () => seen().filter((call) => /^(--host \S+ )?run /.test(call));
    const built = () => buildImage(folder, [], { byDocker: true });

    it("runs the image with the whole environment by name, and leads SIGTERM and the exit code", async () => {
      installDocker();
      const image = runImage(await buildImage(folder, []), {
        SECRET: "s3cret",
        SSL_CERT_FILE: "/tmp/ca.pem",
      });
      expect(await image.nextLine()).to.equal("SECRET is s3cret");
      process.kill(-image.child.pid!, "SIGTERM");
      expect(await once(image.child, "close")).to.deep.equal([3, null]);
      const [inspect] = seen();
      const run = runs()[0]!;
      expect(inspect).to.equal("image inspect --format {{json .}} doodle:v1");
      expect(run).to.match(/^run --network host --name aoshingo-\S+ --env .*--workdir \/srv sha256:abc serve --fast$/);
      expect(run).to.contain("--env SECRET ").and.contain("--env SSL_CERT_FILE ");
      expect(run).not.to.match(/s3cret|--env PATH|--volume/);
      expect(seen().find((call) => call.startsWith("kill "))).to.match(/^kill --signal SIGTERM aoshingo-/);
    });

    it("removes the container when the task had to be killed", async () => {
      installDocker();
      const image = runImage(await buildImage(folder, []), {});
      await image.nextLine();
      process.kill(-image.child.pid!, "SIGKILL");
      const removals = () => seen().filter((call) => call.startsWith("rm "));
      await eventually("its removal", () => removals().length > 0);
      expect(removals()).to.deep.equal([`rm --force --volumes ${/aoshingo-\S+/.exec(runs()[0]!)![0]}`]);
    });

    it("finds Docker where this shell's client does, whatever environment a task has", async () => {
      installDocker({ endpoint: "unix:///run/user/1000/docker.sock" });
      const image = runImage(await buildImage(folder, []), { DOCKER_HOST: "unix:///nowhere", HOME: "/srv" });
      await image.nextLine();
      process.kill(-image.child.pid!, "SIGKILL");
      await eventually("its removal", () => seen().at(-1)!.includes(" rm "));
      const [run = ""] = runs();
      expect(run).to.match(/^--host unix:\/\/\/run\/user\/1000\/docker.sock run /);
      expect(run).to.contain("--env DOCKER_HOST ").and.contain("--env HOME ");
      expect(seen().at(-1)).to.match(/^--host unix:\/\/\/run\/user\/1000\/docker.sock rm --force /);
    });

    it("says why a container did not start, and not how to get help", async () => {
      const said = `echo "docker: no such device" >&2; echo >&2; echo "Run 'docker run --help' for more information" >&2`;
      installDocker({ run: `${said}; exit 125` });
      const image = await buildImage(folder, []);
      const [node = "", ...args] = image.config.Cmd;
      const { stderr, exitCode } = await execa(node, args, { reject: false });
      expect({ said: stderr.trim(), exitCode }).to.deep.equal({ said: "docker: no such device", exitCode: 125 });
    });

    describe("that builds", () => {
      beforeEach(() => {
        rmSync(join(folder, "rehearsal.yaml"));
        write({ Dockerfile: "FROM scratch\n" });
      });

      it("makes the image of a folder's Dockerfile, and runs that", async () => {
        installDocker({ build: "echo sha256:def" });
        const { docker, config } = await built();
        expect(docker).to.equal(true);
        expect(config.Cmd.at(-1)).to.equal("sha256:def");
        expect(seen()[0]).to.equal(
          `build --quiet --tag aoshingo-rehearsal/${basename(folder).toLowerCase()} ${folder}`,
        );
      });

      it("has the name of its service or, as a sidecar of several services may, of its folder below that", async () => {
        installDocker({ build: "echo sha256:def" });
        const sidecar = join(folder, "services/users/sidecars/Agent_2");
        write({ "services/users/sidecars/Agent_2/Dockerfile": "FROM scratch\n" });
        await buildImage(sidecar, [], { byDocker: true });
        const name = "aoshingo-rehearsal/users/sidecars/agent-2";
        expect(seen()[0]).to.equal(`build --quiet --tag ${name} ${sidecar}`);
      });

      it("tells before it builds, and is ended by a signal", async () => {
        const begun = join(tools, "begun");
        installDocker({ build: `touch ${begun}; while [ -e ${begun} ]; do sleep 0.05; done` });
        const stopping = new AbortController();
        const told: string[] = [];
        const options = { byDocker: true, signal: stopping.signal, onDockerBuild: () => told.push("builds") };
        const building = failureOf(buildImage(folder, [], options));
        await eventually("its build", () => existsSync(begun));
        stopping.abort(new Error("stopped by a person"));
        expect((await building).message).to.equal("stopped by a person");
        expect(told).to.deep.equal(["builds"]);
      });

      it("takes the command of the Dockerfile, and not that of a process", async () => {
        installDocker({ build: "echo sha256:def" });
        write({ "rehearsal.yaml": "command: [python3, main.py]\nworkingDirectory: ." });
        expect((await built()).config.Cmd.slice(2)).to.deep.equal(["", "SIGTERM", "sha256:def"]);
      });

      it("stops with the image's STOPSIGNAL, and knows what it names as VOLUME", async () => {
        installDocker({
          build: "echo sha256:def",
          image: inspected("$id", { StopSignal: "SIGQUIT", Volumes: { "/tmp": {} } }),
        });
        const image = await built();
        expect(image.config).to.deep.include({ Volumes: { "/tmp": {} } });
        const container = runImage(image, {});
        await container.nextLine();
        expect(await stopImage(container)).to.deep.equal([3, null]);
        expect(seen().find((call) => call.startsWith("kill "))).to.match(/^kill --signal SIGQUIT aoshingo-/);
      });

      it("leaves alone what has no Dockerfile, and an image that rehearsal.yaml names", async () => {
        installDocker();
        rmSync(join(folder, "Dockerfile"));
        write({ "main.ts": "" });
        expect((await built()).docker).to.equal(false);
        write({ "rehearsal.yaml": "docker: doodle:v1", Dockerfile: "FROM scratch\n" });
        expect((await built()).config.Cmd.at(-1)).to.equal("sha256:abc");
      });

      it("shows the last lines of a build that fails", async () => {
        installDocker({ build: "printf '\\033[91mCOPY failed: no source files\\033[0m' >&2; exit 1" });
        const { message } = await failureOf(built());
        expect(message).to.equal(`${named("/Dockerfile")}: docker build failed: COPY failed: no source files`);
      });

      it("says what to do where the builder keeps its images to itself", async () => {
        installDocker({ build: "echo sha256:def", image: "exit 1" });
        const { message } = await failureOf(built());
        expect(message).to.match(/Docker has built sha256:def and does not keep it: .*`docker buildx use default`$/);
      });
    });

    for (const [what, version, wanted] of [
      ["answers", "echo linux", null],
      ["does not answer", "echo 'Cannot connect' >&2; exit 1", /does not answer \(Cannot connect\): start it/],
      ["runs Windows", "echo windows", /runs containers of windows: wanted Linux/],
      [
        "runs without root",
        `case $1 in info) echo '["name=seccomp,profile=default","name=rootless"]';; *) echo linux;; esac`,
        /runs here without root: its containers do not share the network of the rehearsal/,
      ],
    ] as const)
      it(`says whether Docker can be used: it ${what}`, async () => {
        writeFileSync(join(tools, "docker"), `#!/bin/sh\n${version}\n`, { mode: 0o755 });
        const message = await requireDocker().then(
          () => null,
          (error: Error) => error.message,
        );
        if (wanted === null) expect(message).to.equal(null);
        else expect(message).to.match(wanted);
      });

    it("says when Docker or the image is not there", async () => {
      installDocker({ image: "echo 'No such image: doodle:v1' >&2; exit 1" });
      expect(await failure()).to.equal(
        `${named("/rehearsal.yaml")}: Docker has no image doodle:v1: build or pull it first (No such image: doodle:v1)`,
      );
      process.env.PATH = folder;
      expect(await failure()).to.match(/Docker has no image doodle:v1: build or pull it first \(.*ENOENT/);
    });
  });
});
