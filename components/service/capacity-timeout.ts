/**
 * How long the provider waits until no instance is in service any more, in minutes: its longest wait in a deploy. The engine heeds
 * no signal in that time, so whoever waits for an engine to end has to wait longer.
 */
export const CAPACITY_MINUTES = 15;
