import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NUMBER_NAMES, readObserved } from "../../automation/first-contact/observed";
import { QUESTIONS } from "../../automation/first-contact/questions";
import { DOMAIN } from "../../rehearsal/environment/cloud-args";
import { startCommand } from "../../rehearsal/environment/killable-command";
import { RunningStack } from "./running-stack";

const SPEED = 100;

describe("first contact against the rehearsal cloud", () => {
  let stack: RunningStack;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-first-contact-"));
    stack = await RunningStack.startCloud({ loopback: "127.93", portOffset: 53_000, speed: SPEED });
  });
  after(async () => {
    await stack?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const firstContact = (...args: string[]) =>
    startCommand(
      stack.environment,
      ["first-contact", "--stack", "trial", "--directory", directory, ...args],
      new AbortController().signal,
    );

  it("goes from the preflight to an account in which nothing is left, and has seen everything", async () => {
    const [{ address, port }] = stack.cloud.ready.nameServers as [{ address: string; port: number }];
    const { exitCode, stdout, stderr } = await firstContact(
      ...["--domain", DOMAIN, "--yes", "--time-scale", String(SPEED), "--dns-server", `${address}:${port}`],
      ...["--push-with", 'npm run --silent push -- "$SERVICE:$TAG" --stack trial'],
    );
    console.log(stdout, stderr);
    expect(exitCode, `${stdout}\n${stderr}`).to.equal(0);
    const file = join(directory, "observed.json");
    const observed = readObserved(file);
    expect(observed).to.include({ cloud: "rehearsal", complete: true });
    for (const name of NUMBER_NAMES) expect(observed.numbers[name], name).not.to.equal(null);
    const beliefs = QUESTIONS.flatMap(({ belief }) => (belief ? [belief.id] : [])).sort();
    expect(observed.beliefs.map(({ id, says }) => `${id} ${says}`)).to.deep.equal(
      beliefs.map((id) => `${id} confirmed`),
    );
    expect(await readFile(file, "utf8")).not.to.match(/\d{12}|arn:|rehearsal\.test|i-[0-9a-f]{8}/);
  });
});
