import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { serve } from "./serve";

const lambda = new LambdaClient({});

/** `GET /` answers what the function says of the notes. */
serve(async () => {
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: process.env.COUNTER }));
  return { status: FunctionError ? 502 : 200, body: Payload!.transformToString() };
});
