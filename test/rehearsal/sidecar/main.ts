import { createServer } from "node:http";

/** A small agent: it counts what it is sent, and says the sum when it ends, which is after the service that sends. */
let count = 0;
const agent = createServer((_, response) => {
  count += 1;
  response.end();
});
agent.listen(4318, () =>
  console.log(`agent of ${process.env.SERVICE} ${process.env.RELEASE}, level ${process.env.LEVEL}`),
);
process.on("SIGTERM", () => {
  console.log(`counted ${count}`);
  process.exit(0);
});
