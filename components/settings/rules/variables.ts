import { problem } from "../problem";
import { VARIABLE_NAME } from "../schema";
import { queueUrlVariable, urlVariable } from "../variable-names";
import { asMap, type RawService } from "./raw-service";

const NAME_WANTED = "a variable name of letters, digits and _, first no digit";
/** Variables that the program sets in every container, or would set if the service had a port or a queue. */
const OF_THE_PROGRAM = ["PORT", "RELEASE", "SERVICE", "AWS_REGION", "QUEUE_URL"];

/** Problems of the names of variables in `env` and `secrets`. */
export function variableProblems(service: RawService): string[] {
  const { name, values } = service;
  const env = asMap(values.env);
  const own = ownVariables(service);
  const problems = (key: "env" | "secrets", variables: Readonly<Record<string, unknown>>) =>
    Object.entries(variables).flatMap(([variable, value]) => {
      const path = ["services", name, key, variable];
      if (!VARIABLE_NAME.test(variable)) return [problem(path, variable, NAME_WANTED)];
      if (own.has(variable)) return [problem(path, value, `another variable: ${own.get(variable)}`)];
      return key === "secrets" && Object.hasOwn(env, variable)
        ? [problem(path, value, "a variable that env does not set")]
        : [];
    });
  return [...problems("env", env), ...problems("secrets", asMap(values.secrets))];
}

/** Variables that settings must not set, with the reason. */
function ownVariables({ calls, sends }: RawService): Map<string, string> {
  return new Map([
    ...OF_THE_PROGRAM.map((variable) => [variable, `${variable} is set by the program`] as const),
    ...calls.map((name) => [urlVariable(name), `${urlVariable(name)} is set by calls: [${name}]`] as const),
    ...sends.map((name) => [queueUrlVariable(name), `${queueUrlVariable(name)} is set by sends: [${name}]`] as const),
  ]);
}
