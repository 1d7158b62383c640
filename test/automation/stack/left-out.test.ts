import { expect } from "chai";
import fc from "fast-check";
import { NOTHING_LEFT_OUT, RegisteredResources } from "../../../automation/stack/registered-resources";

const SERVICES = ["users", "mailer", "doodle"];
const urnOf = (index: number) => `urn:pulumi:prod::shop::test:index:Resource::${index}`;

interface Declared {
  service: string | undefined;
  /** Indexes of the resources that it needs, all of them before its own. */
  needs: number[];
}

/** Resources in an order in which they could have been declared. */
const declared: fc.Arbitrary<Declared[]> = fc
  .array(
    fc.record({ service: fc.option(fc.constantFrom(...SERVICES), { nil: undefined }), needs: fc.array(fc.nat()) }),
    {
      maxLength: 40,
    },
  )
  .map((all) =>
    all.map(({ service, needs }, index) => ({ service, needs: index === 0 ? [] : needs.map((each) => each % index) })),
  );

function registered(resources: readonly Declared[]): RegisteredResources {
  const run = RegisteredResources.none();
  for (const [index, { service, needs }] of resources.entries()) {
    const place = `test:index:Resource::${index}`;
    if (service !== undefined) run.ofServices.set(place, { service, isComponent: false, properties: {} });
    run.answered({ urn: urnOf(index), id: `id-${index}` }, needs.map(urnOf));
  }
  return run;
}

const urnsOf = (run: RegisteredResources, changed: readonly string[]) =>
  new Set([...run.ofServicesBut(changed).values()].map(({ urn }) => urn));

describe("the resources that an `up` leaves out", () => {
  it("are of no service that changes, and needed by none that is not left out; all others of services are left out", () => {
    fc.assert(
      fc.property(declared, fc.subarray(SERVICES), (resources, changed) => {
        const leftOut = urnsOf(registered(resources), changed);
        const needed = new Set<string>();
        for (const [index, { needs }] of [...resources.entries()].reverse())
          if (!leftOut.has(urnOf(index))) for (const each of needs) needed.add(urnOf(each));
        for (const [index, { service }] of resources.entries()) {
          const mayBe = service !== undefined && !changed.includes(service);
          expect(leftOut.has(urnOf(index))).to.equal(mayBe && !needed.has(urnOf(index)));
        }
      }),
    );
  });

  it("are the same in the next run, which has heard nothing of them", () => {
    fc.assert(
      fc.property(declared, fc.subarray(SERVICES), (resources, changed) => {
        const run = registered(resources);
        const next = run.next(run.ofServicesBut(changed));
        const leftOut = urnsOf(run, changed);
        for (const [index, { service, needs }] of resources.entries()) {
          if (leftOut.has(urnOf(index))) continue;
          const place = `test:index:Resource::${index}`;
          if (service !== undefined) next.ofServices.set(place, { service, isComponent: false, properties: {} });
          expect(next.allows(needs.map(urnOf))).to.equal(true);
          next.answered({ urn: urnOf(index), id: `id-${index}` }, needs.map(urnOf));
        }
        expect(urnsOf(next, changed)).to.deep.equal(leftOut);
      }),
    );
  });

  it("are refused to a resource that needs one", () => {
    const run = registered([
      { service: "users", needs: [] },
      { service: undefined, needs: [] },
    ]);
    const next = run.next(run.ofServicesBut([]));
    expect(next.allows([urnOf(1)])).to.equal(true);
    expect(next.refused.aborted).to.equal(false);
    expect(next.allows([urnOf(0)])).to.equal(false);
    expect(next.refused.aborted).to.equal(true);
  });

  it("are none of those that the engine has not answered for, or whose properties are not known", () => {
    const run = registered([]);
    run.ofServices.set("test:index:Resource::1", { service: "users", isComponent: false, properties: {} });
    run.ofServices.set("test:index:Resource::2", { service: "users", isComponent: false });
    run.answered({ urn: urnOf(2), id: "id" }, []);
    expect(run.ofServicesBut([])).to.deep.equal(NOTHING_LEFT_OUT);
  });
});
