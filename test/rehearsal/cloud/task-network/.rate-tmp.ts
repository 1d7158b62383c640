import { connect } from "node:net";
import { PORT, Scene } from "/work/main/test/rehearsal/cloud/task-network/scene";

async function main() {
  const scene = await Scene.open();
  const task = await scene.taskNetwork.open(scene.task());
  const { hostname, port } = new URL(task.environment.HTTPS_PROXY!);
  const one = () =>
    new Promise<number>((resolve, reject) => {
      const at = performance.now();
      const s = connect(Number(port), hostname);
      s.on("error", reject);
      s.on("close", () => reject(new Error("closed")));
      s.write(`CONNECT users.internal.example.jp:${PORT} HTTP/1.1\r\nHost: a\r\n\r\n`);
      s.once("data", (d) => {
        s.destroy();
        String(d).startsWith("HTTP/1.1 200") ? resolve(performance.now() - at) : reject(new Error(String(d)));
      });
    });
  const rate = Number(process.argv[2]),
    seconds = Number(process.argv[3]);
  const times: number[] = [];
  const errors: string[] = [];
  const start = performance.now();
  const flights: Promise<void>[] = [];
  let sent = 0;
  setInterval(
    () => console.log(sent, times.length, errors.length, errors.at(-1), (performance.now() - start).toFixed()),
    5000,
  ).unref();
  for (let i = 0; i < rate * seconds; i++) {
    const due = start + (i * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((r) => setTimeout(r, wait));
    sent += 1;
    flights.push(
      one().then(
        (ms) => void times.push(ms),
        (e) => void errors.push(e.message),
      ),
    );
  }
  await Promise.all(flights);
  times.sort((a, b) => a - b);
  console.log({
    n: times.length,
    errors: errors.length,
    first: errors[0],
    p50: times[times.length >> 1],
    p99: times[Math.floor(times.length * 0.99)],
    max: times.at(-1),
    took: performance.now() - start,
    cpu: process.cpuUsage(),
  });
  await scene.close();
  process.exit();
}
void main();
