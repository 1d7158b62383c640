// Quotas of AWS that services share.

/** Rules of a load balancer (aws-rules E13). */
export const MAX_RULES = 100;

/**
 * A load balancer has at most 100 target groups, and AWS does not raise that limit (aws-rules E14). Each colour of a service
 * has one.
 */
export const MAX_SERVICES = 50;

/**
 * A security group has at most 60 inbound rules (aws-rules N11). Each call is one rule of the internal load balancers' group.
 */
export const MAX_CALLS = 60;

/** Certificates of a load balancer beside the default one (aws-rules E11). Each further domain has one. */
export const MAX_FURTHER_DOMAINS = 25;
