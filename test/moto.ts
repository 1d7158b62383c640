import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../automation/pulumi-cli/cache-folder";
import { failureReason } from "../automation/pulumi-cli/failure-reason";
import { findOnPath } from "../automation/pulumi-cli/find-on-path";

const run = promisify(execFile);

const VERSION = "5.2.5";
/** Its server on a free port, which it tells on stderr. It ends when its standard input does: with this process, by whatever cause. */
const PROGRAM = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", "0"])
`;

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** moto's server: AWS's protocols in Python, written by others than the SDK's makers and us. */
export class Moto {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(python: string): Promise<Moto> {
    const child = spawn(python, ["-c", PROGRAM], { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`moto ended with ${code}: ${said}`)));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const address = /Running on (http:\/\/127\.0\.0\.1:[1-9]\d*)/.exec(said)?.[1];
        if (address !== undefined) resolve(address);
      });
    });
    return new Moto(url, child);
  }

  /**
   * A user with these policies, given as JSON.
   * @returns the user's access key
   */
  async user(name: string, policies: readonly string[]): Promise<AccessKey> {
    await this.#iam({ Action: "CreateUser", UserName: name });
    for (const [index, PolicyDocument] of policies.entries())
      await this.#iam({ Action: "PutUserPolicy", UserName: name, PolicyName: `policy-${index}`, PolicyDocument });
    const answer = await this.#iam({ Action: "CreateAccessKey", UserName: name });
    const [accessKeyId, secretAccessKey] = ["AccessKeyId", "SecretAccessKey"].map(
      (tag) => new RegExp(`<${tag}>(.*)</${tag}>`).exec(answer)![1]!,
    ) as [string, string];
    return { accessKeyId, secretAccessKey };
  }

  /** From here on every call needs the right for it. */
  async askForRights(): Promise<void> {
    await this.#post("/moto-api/reset-auth", "0", { "content-type": "text/plain" });
  }

  /** By hand: the SDK's client for IAM is needed for nothing else. */
  #iam(parameters: Record<string, string>): Promise<string> {
    const service =
      "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
    return this.#post("/", new URLSearchParams({ ...parameters, Version: "2010-05-08" }).toString(), {
      authorization: service,
      "content-type": "application/x-www-form-urlencoded",
    });
  }

  async #post(path: string, body: string, headers: Record<string, string>): Promise<string> {
    const answer = await fetch(`${this.url}${path}`, { method: "POST", body, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto: ${answer.status} ${text}`);
    return text;
  }

  async stop(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.kill();
    await exit;
  }
}

/** In a `before` hook: its tests are skipped, with the reason, where moto cannot be had. */
export async function startMoto(hook: Mocha.Context): Promise<Moto> {
  // Installed once, from the network.
  hook.timeout(10 * 60_000);
  const found = await pythonWithMoto();
  if (!("why" in found)) return Moto.start(found.python);
  console.log(`      skipped: ${found.why}`);
  return hook.skip();
}

/** Python with moto, in the cache folder of this project: installed once. Or why it cannot be had, in a sentence. */
async function pythonWithMoto(): Promise<{ python: string } | { why: string }> {
  const folder = join(cacheFolder(), `moto-${VERSION}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return { python };
  const python3 = findOnPath("python3");
  if (python3 === undefined) return { why: "python3 is not on PATH, and moto, the S3 server of these tests, needs it" };
  const unfinished = `${folder}.${process.pid}`;
  try {
    await mkdir(cacheFolder(), { recursive: true });
    await run(python3, ["-m", "venv", unfinished]);
    await run(join(unfinished, "bin", "python"), ["-m", "pip", "install", "--quiet", `moto[server]==${VERSION}`]);
    // Whole or not at all; another run may have been faster.
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(python)) throw error;
    });
    return { python };
  } catch (error) {
    return { why: `moto, the S3 server of these tests, could not be installed: ${failureReason(error)}` };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
