import { problem } from "../problem";
import { HEALTH_PATHS } from "../schema/kinds";
import { asMap, type RawService } from "./raw-service";

/** A gRPC method as a path: its service with the package, and its name. */
const METHOD = /^\/(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*\/[A-Za-z_]\w*$/;

/** The problem of a gRPC service whose health check is no method (aws-rules E57). */
export function protocolProblems({ name, values, kind }: RawService): string[] {
  const { path } = asMap(values.healthCheck);
  if (kind !== "api" || values.protocol !== "grpc" || typeof path !== "string" || METHOD.test(path)) return [];
  const wanted = `the path of a method, such as ${HEALTH_PATHS.grpc}, because protocol is grpc`;
  return [problem(["services", name, "healthCheck", "path"], path, wanted)];
}
