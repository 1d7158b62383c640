import { type IncomingMessage, request as openRequest } from "node:http";
import { connect, constants } from "node:http2";
import type { TLSSocket } from "node:tls";
import WebSocket from "ws";
import { callHead, EMPTY_MESSAGE } from "../grpc-request";
import { ASKS_FOR_TARGET, type ToldTarget, toldTarget } from "../told-target";
import { failureClass } from "./failure";
import type { OpenStreamSample } from "./types";

type Ended = Pick<OpenStreamSample, "end" | "error">;

/** A stream over a connection of its own. */
export interface StreamConnection {
  /** Closes it, as a page does that a person leaves. */
  leave(): void;
}

export interface StreamEvents {
  /** Called once, if the stream opens. */
  opened(told: ToldTarget): void;
  /** Called once, at the end of the stream or when it could not be opened. */
  ended(how: Ended): void;
}

/** WebSocket's code for a connection that broke without a close frame. */
const BROKEN = 1006;

/** Opens a WebSocket. */
export function openWebSocket(socket: TLSSocket, url: URL, { opened, ended }: StreamEvents): StreamConnection {
  const end = once(ended);
  const page = new WebSocket(url.href.replace(/^http/, "ws"), {
    createConnection: () => socket,
    headers: ASKS_FOR_TARGET,
    perMessageDeflate: false,
  });
  let isOpen = false;
  page.on("upgrade", (answer: IncomingMessage) => {
    isOpen = true;
    opened(toldTarget(answer.headers));
  });
  page.on("unexpected-response", (_request, answer: IncomingMessage) => {
    end({ end: "refused", error: String(answer.statusCode) });
    socket.destroy();
  });
  page.on("error", (error) => {
    if (!isOpen) end({ end: "refused", error: failureClass(error) });
  });
  page.on("close", (code) => end(code === BROKEN ? { end: "cut", error: "" } : { end: "closed", error: "" }));
  return {
    leave() {
      end({ end: "left", error: "" });
      page.terminate();
    },
  };
}

/** Opens an event stream (SSE), and remembers the last event's id for the next one. */
export function openEventStream(
  socket: TLSSocket,
  url: URL,
  lastEventId: string,
  { opened, ended }: StreamEvents,
  remember: (id: string) => void,
): StreamConnection {
  const end = once(ended);
  const headers = {
    ...ASKS_FOR_TARGET,
    accept: "text/event-stream",
    ...(lastEventId === "" ? {} : { "last-event-id": lastEventId }),
  };
  const request = openRequest({
    createConnection: () => socket,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
  });
  request.on("response", (answer) => {
    if (answer.statusCode !== 200) {
      end({ end: "refused", error: String(answer.statusCode) });
      socket.destroy();
      return;
    }
    opened(toldTarget(answer.headers));
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => {
      const id = /^id: ?(\S+)/m.exec(text)?.[1];
      if (id !== undefined) remember(id);
    });
    answer.on("error", () => end({ end: "cut", error: "" }));
    answer.on("close", () => end({ end: answer.complete ? "closed" : "cut", error: "" }));
  });
  request.on("error", (error) => end({ end: "refused", error: failureClass(error) }));
  request.end();
  return {
    leave() {
      end({ end: "left", error: "" });
      socket.destroy();
    },
  };
}

/** Opens a streaming call of gRPC. */
export function openCall(socket: TLSSocket, url: URL, { opened, ended }: StreamEvents): StreamConnection {
  const end = once(ended);
  const session = connect(url.origin, { createConnection: () => socket });
  const refused = (error: Error) => end({ end: "refused", error: failureClass(error.cause ?? error) });
  socket.on("error", refused);
  session.on("error", refused);
  const stream = session.request({ ...callHead(url.pathname), ...ASKS_FOR_TARGET });
  let isOpen = false;
  let grpcStatus: string | undefined;
  stream.on("response", (head) => {
    grpcStatus = head["grpc-status"]?.toString();
    isOpen = head[":status"] === 200 && grpcStatus === undefined;
    if (isOpen) opened(toldTarget(head));
    else end({ end: "refused", error: grpcStatus === undefined ? String(head[":status"]) : `gRPC ${grpcStatus}` });
  });
  stream.on("trailers", (trailers) => {
    grpcStatus = trailers["grpc-status"]?.toString();
  });
  stream.on("error", (error) => {
    if (!isOpen) refused(error);
  });
  stream.once("close", () => {
    const isWhole = stream.rstCode === constants.NGHTTP2_NO_ERROR && grpcStatus !== undefined;
    end({ end: isWhole ? "closed" : "cut", error: "" });
    session.close();
  });
  stream.resume();
  stream.end(EMPTY_MESSAGE);
  return {
    leave() {
      end({ end: "left", error: "" });
      stream.close(constants.NGHTTP2_CANCEL);
      session.close();
    },
  };
}

/** What comes after the first end is ignored. */
function once(ended: (how: Ended) => void): (how: Ended) => void {
  let isEnded = false;
  return (how) => {
    if (isEnded) return;
    isEnded = true;
    ended(how);
  };
}
