import { serviceFolder } from "../images/build-image";
import { CORE } from "../traffic/streams";
import type { RehearsalEnvironment } from "./environment";

/** The core service's code, which keeps all in memory without a database. */
const BLOCK = { kind: "api", size: 1, env: { STORE: "memory" } };
const SERVICES = ["config", "aoshingo:services"];

/**
 * Adds services to the settings that no traffic goes to. Before the stack is created.
 * @returns their names
 */
export async function addOtherServices(environment: RehearsalEnvironment, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `other-${String(index + 1).padStart(2, "0")}`);
  await environment.changeSettings((document) => {
    for (const name of names) document.setIn([...SERVICES, name], document.createNode(BLOCK));
  });
  return names;
}

/** Deploys a first release of each of them, in one deploy. After the stack was created. */
export async function deployOtherServices(environment: RehearsalEnvironment, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  for (const service of names) await environment.push({ service, tag: "v1", folder: serviceFolder(CORE) });
  const { exitCode, events, errors } = await environment.run(
    "deploy",
    names.map((name) => `${name}=v1`),
  );
  const ended = events.findLast((event) => event.type === "deployEnded");
  if (exitCode !== 0) throw new Error(`the other services could not be deployed: ${ended?.reason ?? errors}`);
}
