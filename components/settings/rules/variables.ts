import { DATABASE_VARIABLES } from "../database-variables";
import { problem } from "../problem";
import { VARIABLE_NAME } from "../schema/forms";
import { queueUrlVariable, SCHEDULED_TIME, urlVariable } from "../variable-names";
import { asMap, type Raw, type RawService } from "./raw-service";

const NAME_WANTED = "a variable name of letters, digits and _, first no digit";
/** Variables that the program sets in every container. */
const COMMON = ["RELEASE", "SERVICE", "AWS_REGION"];
/** Variables that the program sets in the service's own container, also if it would set them only with a port, a queue or a schedule. */
const OF_THE_PROGRAM = ["PORT", ...COMMON, "QUEUE_URL", SCHEDULED_TIME];

/** Variables that settings must not set in any container, with the reason. */
export const OF_EVERY_CONTAINER: ReadonlyMap<string, string> = new Map(COMMON.map(setByProgram));

/** Problems of the names of variables in `env` and `secrets`. */
export function variableProblems(service: RawService): string[] {
  return namedVariableProblems(["services", service.name], service.values, ownVariables(service));
}

/**
 * Problems of the names of variables in the `env` and `secrets` of one container.
 * @param own variables that settings must not set, with the reason
 */
export function namedVariableProblems(
  container: readonly string[],
  values: Raw,
  own: ReadonlyMap<string, string>,
): string[] {
  const env = asMap(values.env);
  const problems = (key: "env" | "secrets", variables: Readonly<Record<string, unknown>>) =>
    Object.entries(variables).flatMap(([variable, value]) => {
      const path = [...container, key, variable];
      if (!VARIABLE_NAME.test(variable)) return [problem(path, variable, NAME_WANTED)];
      if (own.has(variable)) return [problem(path, value, `another variable: ${own.get(variable)}`)];
      return key === "secrets" && Object.hasOwn(env, variable)
        ? [problem(path, value, "a variable that env does not set")]
        : [];
    });
  return [...problems("env", env), ...problems("secrets", asMap(values.secrets))];
}

function setByProgram(variable: string): [string, string] {
  return [variable, `${variable} is set by the program`];
}

/** Variables that settings must not set, with the reason. */
export function ownVariables({
  calls,
  sends,
  uses,
}: Pick<RawService, "calls" | "sends" | "uses">): Map<string, string> {
  return new Map([
    ...OF_THE_PROGRAM.map(setByProgram),
    ...calls.map((name) => [urlVariable(name), `${urlVariable(name)} is set by calls: [${name}]`] as const),
    ...sends.map((name) => [queueUrlVariable(name), `${queueUrlVariable(name)} is set by sends: [${name}]`] as const),
    ...uses.flatMap((name) =>
      DATABASE_VARIABLES.map((variable) => [variable, `${variable} is set by uses: [${name}]`] as const),
    ),
  ]);
}
