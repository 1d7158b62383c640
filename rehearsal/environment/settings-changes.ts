import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Document } from "yaml";
import { readStackSettings } from "../../automation/core/project";
import { STACK } from "../cloud/settings-source";
import type { Change } from "../options";
import { clientOptions } from "./cloud-client";

const VARIABLE = "REHEARSED_CHANGE";
const SECRET = "REHEARSED_SECRET";
/** MiB: little enough that no sample service misses it. */
const MEMORY_STEP = 16;

interface Stack {
  settingsFile: string;
  variables: Record<string, string>;
  changeSettings(change: (document: Document) => void): Promise<void>;
}

/** Changes settings and secrets of services between two deploys of a rehearsal. */
export class SettingsChanger {
  #count = 0;

  constructor(private readonly stack: Stack) {}

  /** Gives each service a secret that can be rotated. Before the stack is created: its roles have to know the secret. */
  async addSecrets(services: readonly string[]): Promise<void> {
    await this.#withSecrets(async (client) => {
      for (const service of services)
        await client.send(new CreateSecretCommand({ Name: secretName(service), SecretString: "first" }));
    });
    await this.stack.changeSettings((document) => {
      for (const service of services)
        document.setIn([...block(service), "secrets", SECRET], `secretsmanager:${secretName(service)}`);
    });
  }

  /** Changes what the services' next release has besides its image. */
  async change(kind: Exclude<Change, "image">, services: readonly string[]): Promise<void> {
    this.#count += 1;
    if (kind === "secret") {
      await this.#withSecrets(async (client) => {
        for (const service of services)
          await client.send(
            new PutSecretValueCommand({ SecretId: secretName(service), SecretString: `value ${this.#count}` }),
          );
      });
      return;
    }
    const { settings } = readStackSettings(STACK, this.stack.settingsFile);
    await this.stack.changeSettings((document) => {
      for (const service of services) {
        const { kind: what, memory } = settings.services[service]!;
        // Fargate has certain sizes alone: a job gets another variable instead.
        if (kind === "memory" && what !== "job") document.setIn([...block(service), "memory"], memory - MEMORY_STEP);
        else document.setIn([...block(service), "env", VARIABLE], String(this.#count));
      }
    });
  }

  async #withSecrets(work: (client: SecretsManagerClient) => Promise<void>): Promise<void> {
    const client = new SecretsManagerClient(clientOptions(this.stack.variables));
    try {
      await work(client);
    } finally {
      client.destroy();
    }
  }
}

function secretName(service: string): string {
  return `rehearsal/${service}/changing`;
}

function block(service: string): string[] {
  return ["config", "aoshingo:services", service];
}
