/* Keeps the page that works without a network: its shell in each language and its files, nothing else. VERSION and KEPT
   stand above these lines (referral/identification/views/offline.py). Pages that need the server are never kept. */
"use strict";
const NAME = "mnr-offline-" + VERSION;

self.addEventListener("install", (event) => {
  const fresh = KEPT.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

/* Only what was kept at installation is answered from the phone; nothing is added later. */
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin || !KEPT.includes(address.pathname)) return;
  event.respondWith(caches.open(NAME).then((cache) => cache.match(address.pathname)).then((kept) => kept || fetch(event.request)));
});
