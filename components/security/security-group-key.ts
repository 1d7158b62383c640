/**
 * Logical name of a security group, of which the engine makes its name in AWS: one that begins with `sg-`, as ids do, is refused
 * (aws-rules N11).
 */
export function securityGroupKey(name: string): string {
  return name.startsWith("sg-") ? `of-${name}` : name;
}
