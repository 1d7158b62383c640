import type { Proofs } from "../mutation";

export const C: Proofs = {};
