import { count } from "../../automation/page/kit/format";
import { CALLER } from "../traffic/streams";
import { STREAM_PROTOCOLS, type StreamProtocol } from "../traffic/types";
import { classesOf } from "./headline";
import type { CallTotals, ClassTotals, DataTotals, JobTotals, RehearsalReport, StreamTotals } from "./types";

/** Share of the calls that load balancers have counted at least: what one counts in its last second is lost if it is killed. */
const LEAST_REACHED = 0.9;

/**
 * The problems of a rehearsal's traffic, one line each for a class of clients, the calls, the jobs, the databases and
 * the streams of a protocol; empty when there are none.
 */
export function problemsOf({ traffic, ...others }: Pick<RehearsalReport, "traffic"> & BesidesRequests): string[] {
  return [
    ...classesOf(traffic).flatMap(([name, totals]) => classProblems(name, totals)),
    ...problemsBesidesRequests(others),
  ];
}

/** What a rehearsal counts besides the requests of clients. */
type BesidesRequests = Pick<RehearsalReport, "calls" | "jobs" | "data" | "streams">;

/** The same problems without those of the classes of clients. */
export function problemsBesidesRequests({ calls, jobs, data, streams }: BesidesRequests): string[] {
  return [
    ...(calls ? callProblems(calls) : []),
    ...(jobs ? jobProblems(jobs) : []),
    ...(data ? dataProblems(data) : []),
    ...(streams ? STREAM_PROTOCOLS.flatMap((protocol) => streamProblems(protocol, streams[protocol])) : []),
  ];
}

function classProblems(name: string, totals: ClassTotals): string[] {
  if (totals.sent === 0) return [`${name}: no request was sent`];
  return line(name, [
    failures(totals.failed, totals.sent, totals.errors),
    some(totals.lost, "lost"),
    some(totals.doubled, "doubled"),
  ]);
}

/** The load balancers count what the caller may only seem to do: an answer can be right without the call behind it. */
function callProblems({ made, reached, failed, errors }: CallTotals): string[] {
  const due = made - failed;
  const missing = `only ${count(reached)} of ${count(due)} reached the internal load balancers: ${CALLER} answers without them`;
  return line("calls", [failures(failed, made, errors), reached < due * LEAST_REACHED ? missing : ""]);
}

/** A job that was done twice is no problem: queues deliver at least once. */
function jobProblems({ sent, lost, failed, errors }: JobTotals): string[] {
  if (sent === 0) return ["jobs: none was sent"];
  return line("jobs", [
    failed > 0 ? `${count(failed)} could not be sent (${wordsOf(errors)})` : "",
    lost > 0 ? `${count(lost)} of ${count(sent)} lost` : "",
  ]);
}

function dataProblems({ lost, doubled, changed }: DataTotals): string[] {
  return line("rows in databases", [some(lost, "lost"), some(doubled, "doubled"), some(changed, "changed")]);
}

/** The name of a protocol for people. */
export const PROTOCOL_WORDS: Readonly<Record<StreamProtocol, string>> = {
  webSocket: "WebSockets",
  serverSentEvents: "server-sent events",
  grpc: "streaming calls of gRPC",
};

/** A stream that was cut when its time was over is no problem: the settings say so. */
function streamProblems(protocol: StreamProtocol, totals: StreamTotals): string[] {
  return line(PROTOCOL_WORDS[protocol], [
    some(totals.cutBeforeWithin, "cut before streams.within was over"),
    some(totals.refused, "not opened"),
    some(totals.onOldColour, "opened on the old colour after production was confirmed"),
  ]);
}

function failures(failed: number, of: number, errors: Record<string, number>): string {
  return failed > 0 ? `${count(failed)} of ${count(of)} failed (${wordsOf(errors)})` : "";
}

function some(number: number, word: string): string {
  return number > 0 ? `${count(number)} ${word}` : "";
}

function wordsOf(errors: Record<string, number>): string {
  return Object.keys(errors).sort().join(", ");
}

function line(name: string, parts: readonly string[]): string[] {
  const said = parts.filter((part) => part !== "");
  return said.length > 0 ? [`${name}: ${said.join(", ")}`] : [];
}
