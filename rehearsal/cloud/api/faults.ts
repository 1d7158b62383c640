import type { IncomingMessage } from "node:http";
import { UserError } from "../../../components/core/user-error";
import type { Faults } from "../kernel/faults";

/** Not AWS's: the rehearsal's own part of the interface. `GET` lists, `POST` switches on, `DELETE` switches off, one with its id at the end, or all. */
export const FAULTS_PATH = "/_rehearsal/faults";

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** @param body JSON of a FaultRequest, for POST */
export function faultsAnswer({ method, url = "" }: IncomingMessage, body: string, faults: Faults): Answer {
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

function json(status: number, value: unknown): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}
