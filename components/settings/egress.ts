/** One place outside the stack that a service's instances are let out to, such as a database: exactly one of `cidr` and `securityGroup`. */
export interface Reach {
  /** TCP. */
  port: number;
  cidr?: string;
  /** `sg-...` */
  securityGroup?: string;
}
