/**
 * TCP ports of the load balancers' public listeners. Instances may connect to HTTPS everywhere: ECS, ECR, logs, APIs.
 */
export const HTTP = 80;
export const HTTPS = 443;

/**
 * TCP port of every instance, in front of the port that the service listens on in its container. It is the same for all
 * services and never changes, so that a new container port comes with a release and touches neither target groups nor
 * security groups.
 */
export const HOST_PORT = 8080;

/** Where a PostgreSQL server listens by default. */
export const POSTGRES = 5432;
