import * as log from "@pulumi/pulumi/log";

/**
 * Imported where a program runs inside this process. The SDK sends the engine several debug messages for each resource, one call each, which nobody has
 * asked for: with many services they are a good part of an `up`.
 */
Object.assign(log, { debug: async () => {} });
