import { serviceFolder } from "../images/build-image";
import { CORE } from "../traffic/streams";
import { completedDeploy } from "./completed-deploy";
import type { RehearsalEnvironment } from "./environment";

/** For the core service's code, which keeps all in memory without a database. */
const BLOCK = { kind: "api", size: 1, env: { STORE: "memory" } };
const SERVICES = ["config", "aoshingo:services"];

/** Returns settings of so many services, such as `other-01`, for the core service's code without a database, by name. */
export function plainServices(prefix: string, count: number): Record<string, typeof BLOCK> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`);
  return Object.fromEntries(names.map((name) => [name, BLOCK]));
}

/**
 * Adds services to the settings that no traffic goes to. Before the stack is created.
 * @returns their names
 */
export async function addOtherServices(environment: RehearsalEnvironment, count: number): Promise<string[]> {
  const services = plainServices("other", count);
  await environment.changeSettings((document) => {
    for (const [name, block] of Object.entries(services))
      document.setIn([...SERVICES, name], document.createNode(block));
  });
  return Object.keys(services);
}

/** Deploys a first release of each of them, in one deploy. After the stack was created. */
export async function deployOtherServices(environment: RehearsalEnvironment, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  for (const service of names) await environment.push({ service, tag: "v1", folder: serviceFolder(CORE) });
  const releases = names.map((name) => `${name}=v1`);
  await completedDeploy(environment, releases);
}
