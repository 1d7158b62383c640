import type { Proofs } from "../mutation";

export const N: Proofs = {
  N1: {
    file: "rehearsal/cloud/services/ec2/model/vpcs.ts",
    code: "if (block.bits < MIN_BITS || block.bits > MAX_BITS) throw",
    mutated: "if (false) throw",
    test: "test/rehearsal/cloud/services/ec2/model/vpcs.test.ts",
  },
  N2: {
    file: "rehearsal/cloud/services/ec2/model/subnets.ts",
    code: "some((other) => other.block.overlaps(block))",
    mutated: "some(() => false)",
    test: "test/rehearsal/cloud/services/ec2/model/subnets.test.ts",
  },
  N3: {
    file: "rehearsal/cloud/services/ec2/model/vpcs.ts",
    code: "if (this.#byId.size >= MAX_VPCS) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/vpcs.test.ts",
  },
  N4: {
    file: "rehearsal/cloud/services/ec2/model/nat-gateways.ts",
    code: "if (this.parts.internetGateways.ofVpc(gateway.vpcId)) {",
    mutated: "if (true) {",
    test: "test/rehearsal/cloud/services/ec2/model/nat-gateways.test.ts",
  },
  N5: {
    file: "rehearsal/cloud/services/ec2/model/reachability-analyzer.ts",
    code: "if (!gateway && !route) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/reachability-analyzer.test.ts",
  },
  N6: {
    file: "rehearsal/cloud/services/ec2/model/internet-gateways.ts",
    code: "if (this.interfaces.inVpc(vpcId).some((one) => one.publicAddress)) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/internet-gateways.test.ts",
  },
  N7: {
    file: "rehearsal/cloud/services/ec2/model/subnets.ts",
    code: "if (this.interfaces.inSubnet(id).length > 0) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/subnets.test.ts",
  },
  N8: {
    file: "rehearsal/cloud/services/ec2/model/security-groups.ts",
    code: "if (isReferenced || this.interfaces.inGroup(id).length > 0) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/security-groups.test.ts",
  },
  N9: {
    file: "rehearsal/cloud/services/ec2/model/security-groups.ts",
    code: "if (group.rules.some((rule) => isSameRule(rule, settings))) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/security-groups.test.ts",
  },
  N10: {
    file: "rehearsal/cloud/services/ec2/provider/security-group.ts",
    code: 'setRules(network, group.id, "egress", egress);',
    mutated: "",
    test: "test/rehearsal/cloud/services/ec2/provider.test.ts",
  },
  N11: {
    file: "rehearsal/cloud/services/ec2/model/security-groups.ts",
    code: "if (group.rules.filter((rule) => rule.direction === settings.direction).length >= MAX_RULES) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/security-groups.test.ts",
  },
  N12: {
    file: "components/network/network-facts.ts",
    code: "if (NOTHING_FOUND.test(providerReason(error))) return null;",
    mutated: "",
    test: "test/components/network/existing-network.test.ts",
  },
  N13: {
    file: "rehearsal/cloud/services/ec2/model/zones.ts",
    code: "(FEWER[region] ?? LETTERS)",
    mutated: "LETTERS",
    test: "test/rehearsal/cloud/services/ec2/model/zones.test.ts",
  },
  N15: {
    file: "components/network/availability-zones.ts",
    code: "const { availabilityZones: wanted = names } = network;",
    mutated: "const wanted = names;",
    test: "test/components/network/network.test.ts",
  },
  N14: {
    file: "components/network/availability-zones.ts",
    code: 'filters: [{ name: "zone-type", values: ["availability-zone"] }],',
    mutated: "",
    test: "test/components/network/network.test.ts",
  },
};
