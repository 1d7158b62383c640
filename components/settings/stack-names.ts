import { COLOURS } from "../core/colour-name";
import {
  capacityProviderName,
  clusterName,
  deadLetterQueueName,
  FORMS,
  flowLogGroupName,
  jobRunsLogGroupName,
  logGroupName,
  migrationFamily,
  type NameForm,
  type Owner,
  queueName,
  repositoryName,
  rolePath,
  scheduleGroupName,
} from "../core/names";
import type { ServiceSettings } from "./settings";

export interface NameInAws {
  form: NameForm;
  name: string;
  /** The service whose name is in it. */
  service?: string;
}

type NamedService = Pick<ServiceSettings, "kind" | "migrate"> & { queue: unknown };

/** Characters that every form takes in the place of the project's and the stack's name. */
const NAME = /^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$/;
const CHARACTERS = "letters and digits, with single hyphens or underscores between them";
/** A worker with everything that has a name, for a stack whose services are not known yet. */
const ANY_SERVICE = { service: { kind: "worker", queue: true, migrate: "true" } } as const;

/** Every name in AWS that the program makes of the project's and the stack's name, with the form that AWS demands. */
export function namesInAws(owner: Owner, services: Readonly<Record<string, NamedService>>): NameInAws[] {
  return [
    { form: FORMS.rolePath, name: rolePath(owner) },
    { form: FORMS.logGroup, name: flowLogGroupName(owner) },
    ...(Object.values(services).some(({ kind }) => kind === "job")
      ? [
          { form: FORMS.scheduleGroup, name: scheduleGroupName(owner) },
          { form: FORMS.logGroup, name: jobRunsLogGroupName(owner) },
        ]
      : []),
    ...Object.entries(services).flatMap(([service, settings]) =>
      namesOfService(owner, service, settings).map((named) => ({ ...named, service })),
    ),
  ];
}

function namesOfService(owner: Owner, service: string, { kind, queue, migrate }: NamedService): NameInAws[] {
  return [
    ...COLOURS.flatMap((colour) => {
      const cluster = clusterName(owner, service, colour);
      return [
        { form: FORMS.cluster, name: cluster },
        { form: FORMS.family, name: migrate ? migrationFamily(cluster) : cluster },
        ...(kind === "job"
          ? []
          : [{ form: FORMS.capacityProvider, name: capacityProviderName(owner, kind, `${service}-${colour}`) }]),
      ];
    }),
    { form: FORMS.repository, name: repositoryName(owner, service) },
    { form: FORMS.logGroup, name: logGroupName(owner, service) },
    ...(queue
      ? [queueName(owner, service), deadLetterQueueName(owner, service)].map((name) => ({ form: FORMS.queue, name }))
      : []),
  ];
}

/**
 * Problems of the project's and the stack's name: AWS would refuse a name that is made of them, when other resources
 * exist already. One line each.
 */
export function stackNameProblems(owner: Owner, services: Readonly<Record<string, NamedService>>): string[] {
  const wrong = (["project", "stack"] as const).filter((part) => !NAME.test(owner[part]));
  if (wrong.length > 0) {
    return wrong.map((part) => {
      // An example of what would be refused, with the other part as it is.
      const refused = namesInAws(owner, ANY_SERVICE).find(({ form, name }) => !form.pattern.test(name));
      const example = refused ? `: the ${refused.form.what} would be called ${short(refused.name)}` : "";
      return `${part}: given ${short(owner[part])}, wanted ${CHARACTERS}${example}`;
    });
  }
  const [worst] = namesInAws(owner, services)
    .map((named) => ({ ...named, over: named.name.length - named.form.maxLength }))
    .sort((a, b) => b.over - a.over);
  if (!worst || worst.over <= 0) return [];
  const { form, name, service = "", over } = worst;
  const most = owner.stack.length - over;
  const mostOfService = service.length - over;
  const wanted = [
    most > 0 ? `at most ${most} characters` : "a shorter name of the project, too",
    ...(mostOfService > 0 ? [`at most ${mostOfService} for the service`] : []),
  ].join(", or ");
  const called = `the ${form.what}${service && ` of ${service}`} would be called ${short(name)} with ${name.length}`;
  return [
    `stack: given ${short(owner.stack)} with ${owner.stack.length} characters, wanted ${wanted}: ${called}, and AWS takes ${form.maxLength}`,
  ];
}

/** The text in quotation marks; of a long one the beginning and the end. */
function short(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 25)}...${text.slice(-32)}` : text);
}
