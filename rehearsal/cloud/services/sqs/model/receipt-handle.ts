import { AwsError } from "../../../kernel/aws-error";

/** Which handing out of which message: only the last one of a message can delete it. */
export interface Receipt {
  messageId: string;
  receiveCount: number;
}

export function writeReceiptHandle({ messageId, receiveCount }: Receipt): string {
  return Buffer.from(`${messageId} ${receiveCount}`).toString("base64");
}

/** @throws AwsError `ReceiptHandleIsInvalid` */
export function readReceiptHandle(handle: string): Receipt {
  const [, messageId, receiveCount] = /^([0-9a-f-]{36}) (\d+)$/.exec(Buffer.from(handle, "base64").toString()) ?? [];
  if (messageId === undefined) {
    throw new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return { messageId, receiveCount: Number(receiveCount) };
}
