// Quotas of AWS that services share.

/** Rules of a load balancer (aws-rules E13). */
export const MAX_RULES = 100;

/**
 * A load balancer has at most 100 target groups, and AWS does not raise that limit (aws-rules E14). Each colour of a service
 * has one.
 */
export const MAX_SERVICES = 50;

/**
 * Rules of a security group, inbound ones and outbound ones each (aws-rules N11). Each call is an inbound rule of the internal load
 * balancers' group.
 */
export const MAX_GROUP_RULES = 60;

/** Certificates of a load balancer beside the default one (aws-rules E11). Each further domain has one. */
export const MAX_FURTHER_DOMAINS = 25;
