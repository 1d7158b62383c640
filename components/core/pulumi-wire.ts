/** The engine's mark for a value that it does not know yet, in events, in the state and in calls of a provider (pkg/resource/stack/deployment.go). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key of an object that stands for a special value (sdk/go/common/resource/sig/sig.go). */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** The value of that key in a secret, which only the CLI can show. */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Type of the resource that stands for the stack. */
export const STACK_TYPE = "pulumi:pulumi:Stack";
