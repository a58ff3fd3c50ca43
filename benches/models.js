// The worker in which every model is fitted: fetches the ratings, runs, and posts the lines, or what went wrong.
import init, { run } from "./program/models.js";

try {
  await init();
  const train = new Uint8Array(await (await fetch("/train")).arrayBuffer());
  await fetch("/done", { method: "POST", body: run(train) });
} catch (error) {
  await fetch("/failed", { method: "POST", body: String(error) });
}
