// The worker in which proposals are made: runs and posts the lines, or what went wrong.
import init, { run } from "./program/suggest.js";

try {
  await init();
  await fetch("/done", { method: "POST", body: run() });
} catch (error) {
  await fetch("/failed", { method: "POST", body: String(error) });
}
