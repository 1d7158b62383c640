import { HttpsProbeClient } from "../../../../automation/observe/probes/probe-client";

/**
 * Sends the requests of the first argument, one after the other, in a process whose environment says whom it trusts and by which
 * proxy it goes. Each says how long its answer may take.
 */
async function main(): Promise<void> {
  const answers = [];
  for (const { answerMs, ...request } of JSON.parse(process.argv[2]!))
    answers.push(await new HttpsProbeClient(answerMs).ask(request, new AbortController().signal));
  process.stdout.write(JSON.stringify(answers));
}

void main();
