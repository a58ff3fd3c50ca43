// The worker in which reading is measured: fetches the table, reads it, and posts the figure, or what went wrong.
import init, { run } from "./program/reading.js";

try {
  await init();
  const text = new Uint8Array(await (await fetch("/table")).arrayBuffer());
  await fetch("/done", { method: "POST", body: run(text).toFixed(1) });
} catch (error) {
  await fetch("/failed", { method: "POST", body: String(error) });
}
