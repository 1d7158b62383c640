import type { Proofs } from "../mutation";

export const M: Proofs = {};
