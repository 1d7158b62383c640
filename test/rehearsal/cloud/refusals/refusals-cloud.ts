import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OWNER_KEY } from "../../../../rehearsal/cloud/api/authorisation";
import { Cloud, type CloudOptions } from "../../../../rehearsal/cloud/cloud";
import { AwsError } from "../../../../rehearsal/cloud/kernel/aws-error";
import { argumentsOf, check } from "../../../../rehearsal/cloud/provider/check";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";
import { Stack } from "../provider/stack";

/** So many that no two resources of a type get the same name: with a single byte one pair in 256 did. */
const SEED_BYTES = 32;

/** A cloud without processes, whose types are those that the engine gets. */
export class RefusalsCloud {
  readonly stack: Stack;

  private constructor(
    readonly cloud: Cloud,
    readonly directory: string,
    readonly lines: string[],
  ) {
    this.stack = new Stack(cloud.types(OWNER_KEY));
  }

  /** @param loopback of its own, so that two test files can run side by side */
  static async create(loopback: string, more: Partial<CloudOptions> = {}): Promise<RefusalsCloud> {
    const directory = mkdtempSync(join(tmpdir(), "aoshingo-refusals-"));
    const lines: string[] = [];
    const cloud = await Cloud.create({
      ...{
        region: "ap-northeast-1",
        speed: 20_000,
        seed: 1,
        zones: ["aoshingo.test"],
        spreadSeconds: 0,
        loopback,
        portOffset: 47_000,
      },
      ...{ directory, apiUrl: () => "http://127.0.0.1:1", emit: () => {}, log: (line) => void lines.push(line) },
      ...more,
    });
    return new RefusalsCloud(cloud, directory, lines);
  }

  async close(): Promise<void> {
    await this.cloud.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Returns what a program reads when it declares the resource: problems of the check, or AWS's refusal. */
  async refusal(token: string, args: Properties, defaultTags: Record<string, string> = {}): Promise<string> {
    const type = this.stack.type(token);
    const { inputs, problems } = check(type, args, {}, "users", randomBytes(SEED_BYTES));
    if (problems.length > 0) return problems.map(({ property, reason }) => `${property}: ${reason}`).join("; ");
    try {
      const call = { urn: "urn:pulumi:test", signal: new AbortController().signal, defaultTags };
      await type.create(argumentsOf(inputs), call);
      return "accepted";
    } catch (error) {
      if (error instanceof AwsError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }
}
