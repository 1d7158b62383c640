import { httpsClient } from "../../../automation/observe/https-client";

/** Sends one request, the JSON in the first argument, in a process whose environment says whom it trusts and by which proxy it goes. */
httpsClient.get(JSON.parse(process.argv[2]!)).then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error: Error) => process.stdout.write(JSON.stringify({ error: error.message })),
);
