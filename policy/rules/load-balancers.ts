import type { Rule } from "../declared";

/** AWS's security policies with TLS 1.2 and newer only (ELB user guide, security policies). */
const TLS_POLICY = /^ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)/;

export const headersAreValid: Rule = {
  name: "headers-are-valid",
  description: "Load balancers drop invalid headers, which request smuggling depends on.",
  types: ["aws:lb/loadBalancer:LoadBalancer"],
  check: ({ inputs: { dropInvalidHeaderFields, desyncMitigationMode } }) => [
    ...(dropInvalidHeaderFields === true ? [] : ["dropInvalidHeaderFields is not true"]),
    ...(desyncMitigationMode === "monitor" ? ["desyncMitigationMode is monitor: wanted defensive or strictest"] : []),
  ],
};

export const tlsIsModern: Rule = {
  name: "tls-is-modern",
  description: "Requests use TLS 1.2 or newer; plain HTTP is only redirected to HTTPS.",
  types: ["aws:lb/listener:Listener"],
  check({ inputs }) {
    if (inputs.protocol === "HTTPS" || inputs.protocol === "TLS") {
      return TLS_POLICY.test(String(inputs.sslPolicy))
        ? []
        : [`sslPolicy is ${String(inputs.sslPolicy)}: wanted one with TLS 1.2 and 1.3 only`];
    }
    const actions = Array.isArray(inputs.defaultActions) ? (inputs.defaultActions as { type: string }[]) : [];
    return actions.length > 0 && actions.every(({ type }) => type === "redirect")
      ? []
      : [`protocol is ${String(inputs.protocol)} and requests are not redirected: serve them by HTTPS`];
  },
};
