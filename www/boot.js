// Starts the page's WebAssembly, and what keeps the page for times without a network. A file of its own because the content
// security policy allows no inline script.
const { js, wasm, integrity } = document.getElementById("boot").dataset;
const absolute = (path) => new URL(path, document.baseURI);

// The page itself can say nothing when it does not start, so this is said in every language.
function sorry(english, chinese) {
  for (const [lang, text] of [["en", english], ["zh-CN", chinese]]) {
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.lang = lang;
    note.textContent = text;
    document.body.append(note);
  }
}

// The smallest program with an instruction on a vector.
const vector = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

if (!globalThis.WebAssembly?.validate(new Uint8Array(vector))) {
  sorry(
    "RecTune needs WebAssembly with SIMD, which this browser lacks: Chrome or Edge 91, Firefox 89, Safari 16.4 or later have it.",
    "RecTune 需要带 SIMD 的 WebAssembly，而此浏览器没有。Chrome 或 Edge 91、Firefox 89、Safari 16.4 及以后的版本都有。",
  );
} else {
  try {
    const { default: init } = await import(absolute(js));
    await init({ module_or_path: integrity ? fetch(absolute(wasm), { integrity }) : absolute(wasm) });
  } catch (error) {
    sorry(
      `RecTune could not start: ${error}. It needs a browser from 2023 or later; after an update, reload the page.`,
      `RecTune 无法启动：${error}。它需要 2023 年以后的浏览器；更新之后请重新加载页面。`,
    );
    throw error;
  }
  // Only a finished build has a list of its files. What a visitor waits for is loaded before it is kept.
  const finished = document.documentElement.dataset.worker !== "worker/";
  if (finished && "serviceWorker" in navigator && !navigator.connection?.saveData) setTimeout(keep, 2000);
}

// Has the page's files kept. A newer build is fetched beside the one that is open, which the page is told by an event and
// which takes over when the person says so, or else with the next visit.
async function keep() {
  const kept = await navigator.serviceWorker.register(absolute("sw.js")).catch(() => null);
  if (!kept) return;
  const tell = () => {
    if (kept.waiting && navigator.serviceWorker.controller) dispatchEvent(new Event("rectune-newer"));
  };
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", tell));
  tell();
  addEventListener("rectune-renew", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    kept.waiting?.postMessage("take over");
  });
}
