import type { Question } from "../question";

const OK = 200;

/** Sends a request whose Host header has the port that HTTPS has anyway. */
export const hostPort: Question = {
  title: "whether host rules ignore a port in Host",
  belief: { id: "d", text: "a rule's host-header condition ignores a port in the Host header" },
  moments: ["retired"],

  async ask(trial) {
    const { url, host } = await trial.service();
    const { status } = await trial.parts.http.get({ url, via: null, hostHeader: `${host}:443` });
    return {
      says: status === OK ? "confirmed" : "refuted",
      evidence: `a request with the port in Host was answered with ${status}`,
    };
  },
};
