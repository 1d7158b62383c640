import type { IncomingMessage } from "node:http";
import { UserError } from "../../../components/core/user-error";
import { FAULTS_PATH } from "../faults/faults-client";
import type { Faults } from "../kernel/faults";
import type { Reply } from "../protocols/service";

/**
 * Answers a request to the path of the faults.
 * @param body JSON of a FaultRequest, for POST
 */
export function faultsAnswer({ method, url = "" }: IncomingMessage, body: string, faults: Faults): Reply {
  const id = url.slice(FAULTS_PATH.length + 1) || undefined;
  try {
    switch (method) {
      case "GET":
        return json(200, faults.list());
      case "POST":
        return json(201, faults.add(JSON.parse(body)));
      case "DELETE":
        return json(200, faults.clear(id));
    }
    return json(405, { error: `wanted GET, POST or DELETE, given ${method}` });
  } catch (error) {
    if (error instanceof UserError || error instanceof SyntaxError) return json(400, { error: error.message });
    throw error;
  }
}

function json(status: number, value: unknown): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
