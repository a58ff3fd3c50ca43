// The worker in which every model is fitted: fetches the parts, runs, and posts the lines, or what went wrong.
import init, { run } from "./program/models.js";

const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());

try {
  await init();
  await fetch("/done", { method: "POST", body: run(await bytes("/train"), await bytes("/test"), await bytes("/items")) });
} catch (error) {
  await fetch("/failed", { method: "POST", body: String(error) });
}
