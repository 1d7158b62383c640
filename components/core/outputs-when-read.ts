/*
 * Makes the outputs of a resource's properties when the program first reads them. Pulumi's SDK makes one for each property of
 * each resource, with a score of closures and a dozen promises; a program reads one in ten of them. With 50 services the
 * rest is half of the memory of an `up`, and a quarter of the program's time (docs/decisions/outputs-when-read.md).
 */

type Settle = (value: unknown, isKnown: boolean, isSecret: boolean, dependencies?: unknown, error?: Error) => void;
type Properties = Record<string, unknown>;

/** The SDK's own modules call each other by this object, so what is changed in it counts for them. */
const rpc = require("@pulumi/pulumi/runtime/rpc") as {
  /** Gives a resource an output for each property. @returns what settles each of them, called once the engine has answered */
  transferProperties(resource: Properties, label: string, inputs: Properties): Record<string, Settle>;
};
const { transferProperties } = rpc;

/** What the outputs of a resource are made from. */
interface Unread {
  resource: Properties;
  label: string;
  inputs: Properties;
  settles: Record<string, Settle>;
  /** What the engine said of properties that nobody had read by then. */
  settled: Record<string, Parameters<Settle>>;
}

/** Where a resource keeps it: a reader may be a proxy of the resource, or have it as its prototype. */
const UNREAD = Symbol("unread outputs");

/** One for each name, because equal accessors let resources of a class share their shape. */
const accessors = new Map<string, PropertyDescriptor>();

rpc.transferProperties = (resource, label, inputs) => {
  const unread: Unread = { resource, label, inputs, settles: {}, settled: {} };
  Object.defineProperty(resource, UNREAD, { value: unread });
  for (const [name, input] of Object.entries(inputs)) {
    // The SDK sets these itself.
    if (name === "id" || name === "urn") continue;
    // The SDK says what is wrong.
    if (Object.hasOwn(resource, name)) return transferProperties(resource, label, { [name]: input });
    unread.settles[name] = (...settled) => {
      unread.settled[name] = settled;
    };
    Object.defineProperty(resource, name, accessorOf(name));
  }
  return unread.settles;
};

function accessorOf(name: string): PropertyDescriptor {
  const known = accessors.get(name);
  if (known) return known;
  const accessor: ThisType<{ [UNREAD]: Unread }> & PropertyDescriptor = {
    configurable: true,
    enumerable: true,
    get() {
      return read(this[UNREAD], name);
    },
    set(value) {
      Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
    },
  };
  accessors.set(name, accessor);
  return accessor;
}

/** Has the SDK make an output, which takes the place of the property. */
function read({ resource, label, inputs, settles, settled }: Unread, name: string): unknown {
  delete resource[name];
  const settle = transferProperties(resource, label, { [name]: inputs[name] })[name]!;
  settles[name] = settle;
  const known = settled[name];
  if (known) settle(...known);
  return resource[name];
}
