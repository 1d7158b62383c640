import * as log from "@pulumi/pulumi/log";

/**
 * Switches off the SDK's debug messages; imported where a program runs inside this process. The SDK sends the engine
 * several of them for each resource, one call each: with many services they take a good part of an `up`.
 */
Object.assign(log, { debug: async () => {} });
