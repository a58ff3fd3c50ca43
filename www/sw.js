// Keeps the page's files, so that it opens without a network, and so that two builds are never mixed: a newer build is fetched
// beside the one that is open. It asks for the files of its list, of this origin and with their digests, and for nothing else.
// The build fills in both lines.
const BUILD = "";
const FILES = {};

const folder = registration.scope;
const cacheOf = (build) => `rectune ${build}`;

addEventListener("install", (event) => {
  const request = ([path, integrity]) => new Request(folder + path, { integrity, cache: "no-cache" });
  // All of them or none.
  const keep = async () => (await caches.open(cacheOf(BUILD))).addAll(Object.entries(FILES).map(request));
  event.waitUntil(keep());
});

// A tab may still be open on the build before: its files stay until there is another one.
addEventListener("activate", (event) => {
  const clean = async () => {
    const builds = (await caches.keys()).filter((name) => name.startsWith(cacheOf("")));
    await Promise.all(builds.slice(0, -2).map((name) => caches.delete(name)));
  };
  event.waitUntil(clean());
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(folder)) return;
  const file = folder + (url.slice(folder.length).split(/[?#]/)[0] || "index.html");
  const answer = async () => {
    const own = await (await caches.open(cacheOf(BUILD))).match(file);
    return own ?? (await caches.match(file)) ?? fetch(event.request);
  };
  event.respondWith(answer());
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});
