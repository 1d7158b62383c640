import { Edge } from "./edge";
import { Network } from "./network";
import { program } from "./program";
import { Service } from "./service";

/** The program of a stack that has nothing else: everything is as the settings say. */
export const wholeProgram = program(({ services, edges: exposures }) => {
  const network = new Network("network");
  const edges = exposures.map((name) => new Edge(name, { network }));
  for (const name of services) new Service(name, { network, edges });
});
