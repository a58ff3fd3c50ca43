// The worker in which the figures are taken: fetches the parts, runs, and posts the lines, or what went wrong.
import init, { run } from "./program/figures.js";

const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());

try {
  await init();
  const lines = run(await bytes("/train"), await bytes("/test"), await (await fetch("/targets")).text());
  await fetch("/done", { method: "POST", body: lines });
} catch (error) {
  await fetch("/failed", { method: "POST", body: String(error) });
}
