/* What a phone keeps while there is no network, always sealed: finished forms for the server's key alone (the phone cannot
   read them back), drafts under a key that the user's code opens. The shape of a parcel is told once more in
   referral/foundation/parcels.py. Knows nothing of the page; static/offline.js shows it. */
var MNROutbox = (function () {
  "use strict";
  const ROUNDS = 600000, MOST_TRIES = 10, LEAST_CODE = 6, MOST_FILES = 20 * 1024 * 1024;
  const CONTEXT = "mnr-parcel|1|", MINUTE = 60000, utf8 = (text) => new TextEncoder().encode(text);
  let opened = null;

  // The database

  function database() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("mnr-offline", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("kit");
        asked.result.createObjectStore("profiles", { keyPath: "id", autoIncrement: true });
        asked.result.createObjectStore("drafts", { keyPath: "id" });
        asked.result.createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true }).createIndex("id", "id", { unique: true });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }
  /* One transaction, on the disk before it counts; `work` returns the request whose result is wanted. */
  async function within(stores, mode, work) {
    const base = await database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(stores, mode, { durability: "strict" });
      const asked = work(...[stores].flat().map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => resolve(asked && asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
  const all = (store) => within(store, "readonly", (one) => one.getAll());
  const get = (store, key) => within(store, "readonly", (one) => one.get(key));
  const put = (store, value, key) => within(store, "readwrite", (one) => (key === undefined ? one.put(value) : one.put(value, key)));

  // Bytes

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let start = 0;
    for (const part of parts) { whole.set(part, start); start += part.length; }
    return whole;
  }
  const bytes = (data) => new Uint8Array(data);
  const number = (value) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
  const uuidBytes = (id) => bytes(id.replaceAll("-", "").match(/../g).map((two) => parseInt(two, 16)));
  const random = (size) => crypto.getRandomValues(new Uint8Array(size));

  /* Answers and files as one: the length of the JSON, the JSON, the files. */
  async function pack(told, files) {
    const used = [];
    for (const [name, file] of files) used.push({ name, data: bytes(await file.arrayBuffer()), type: file.type });
    const listed = used.map(({ name, data, type }) => ({ name, size: data.length, type }));
    const json = utf8(JSON.stringify({ ...told, files: listed }));
    return joined(number(json.length), json, ...used.map((one) => one.data));
  }
  function unpack(plain) {
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0), files = new Map();
    const told = JSON.parse(new TextDecoder().decode(plain.subarray(4, 4 + length)));
    let start = 4 + length;
    for (const { name, size, type } of told.files) {
      files.set(name, new Blob([plain.slice(start, start + size)], { type }));
      start += size;
    }
    return { told, files };
  }
  const sizeOf = (files) => [...files.values()].reduce((sum, file) => sum + file.size, 0);

  // Sealing

  async function sealed(key, bound, plain) {
    const nonce = random(12);
    return joined(nonce, bytes(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(bound) }, key, plain)));
  }
  async function unsealed(key, bound, blob) {
    return bytes(await crypto.subtle.decrypt({ name: "AES-GCM", iv: blob.slice(0, 12), additionalData: utf8(bound) }, key, blob.slice(12)));
  }
  /* For the server alone: the private half of the ephemeral key is forgotten here. */
  async function parcel(server, id, user, plain) {
    const curve = { name: "ECDH", namedCurve: "P-256" }, point = bytes(Uint8Array.from(atob(server.point), (one) => one.charCodeAt(0)));
    const theirs = await crypto.subtle.importKey("raw", point, curve, false, []);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const ours = bytes(await crypto.subtle.exportKey("raw", own.publicKey));
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
    const source = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: joined(utf8(CONTEXT), ours, point) };
    const key = await crypto.subtle.deriveKey(how, source, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    return joined(utf8("MNR1"), number(server.number), uuidBytes(id), ours, await sealed(key, CONTEXT + id + "|" + user, plain));
  }

  // Users of the phone and their codes

  async function fromCode(code, salt) {
    const source = await crypto.subtle.importKey("raw", utf8(code.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
    return crypto.subtle.deriveKey(how, source, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  const keyOf = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  const boundTo = (user, salt) => "mnr-code|" + user + "|" + salt.join();

  /* A user's own queue and drafts; `user`: the account's id. A user whose drafts' key is gone gets a new one. */
  async function addProfile(label, colour, user, code) {
    const salt = random(16), raw = random(32);
    const wrapped = await sealed(await fromCode(code, salt), boundTo(user, salt), raw);
    const profile = { label, colour, user, salt, wrapped, tries: 0, free: 0 };
    const old = (await all("profiles")).find((one) => one.user === user);
    if (old) {
      if (old.wrapped) throw new Error("taken");
      profile.id = old.id;
    }
    profile.id = await put("profiles", profile);
    return { profile, key: await keyOf(raw) };
  }
  /* {key} or {wait: ms}, {wrong: tries left}, {gone: true}. A try is counted before it is made, so that pulling the plug
     does not save one. */
  async function unlock(id, code) {
    let wait = 0, profile = null;
    await within("profiles", "readwrite", (store) => {
      const asked = store.get(id);
      asked.onsuccess = () => {
        profile = asked.result;
        wait = profile.free - Date.now();
        if (!profile.wrapped || wait > 0) return;
        const tries = profile.tries + 1;
        store.put({ ...profile, tries, free: tries < 3 ? 0 : Date.now() + Math.min(2 ** (tries - 3) * 5000, 10 * MINUTE) });
      };
    });
    if (!profile.wrapped) return { gone: true };
    if (wait > 0) return { wait };
    try {
      const raw = await unsealed(await fromCode(code, profile.salt), boundTo(profile.user, profile.salt), profile.wrapped);
      await put("profiles", { ...profile, tries: 0, free: 0 });
      return { key: await keyOf(raw), profile };
    } catch (error) {
      const left = MOST_TRIES - profile.tries - 1;
      if (left > 0) return { wrong: left };
      await within(["profiles", "drafts"], "readwrite", (profiles, drafts) => {
        profiles.put({ ...profile, wrapped: null, tries: 0, free: 0 });
        drafts.openCursor().onsuccess = (event) => {
          const cursor = event.target.result;
          if (!cursor) return;
          if (cursor.value.profile === profile.id) cursor.delete();
          cursor.continue();
        };
      });
      return { gone: true };
    }
  }

  // Drafts

  async function saveDraft(who, draft) {
    const blob = await sealed(who.key, "mnr-draft|1|" + draft.id + "|" + who.profile.user, await pack(draft.told, draft.files));
    await put("drafts", { id: draft.id, profile: who.profile.id, saved: Date.now(), blob });
  }
  async function openDraft(who, id) {
    const kept = await get("drafts", id);
    return { id, ...unpack(await unsealed(who.key, "mnr-draft|1|" + id + "|" + who.profile.user, kept.blob)) };
  }
  const drafts = async (who) => (await all("drafts")).filter((one) => one.profile === who.profile.id).sort((a, b) => a.saved - b.saved);
  const dropDraft = (id) => within("drafts", "readwrite", (store) => store.delete(id));

  // The queue, in order of its sequence numbers

  /* Seals a finished form for the server and drops its draft, in one step. */
  async function finish(who, draft, server) {
    const plain = await pack(draft.told, draft.files);
    const blob = await parcel(server, draft.id, who.profile.user, plain);
    await within(["outbox", "drafts"], "readwrite", (outbox, kept) => {
      outbox.add({ id: draft.id, profile: who.profile.id, user: who.profile.user, blob, state: "waiting", tries: 0, next: 0, made: Date.now() });
      kept.delete(draft.id);
    });
  }
  const queue = async (profile) => (await all("outbox")).filter((one) => one.profile === profile);
  const discard = (sequence) => within("outbox", "readwrite", (store) => store.delete(sequence));

  async function session() {
    const answer = await fetch("/offline/session.json", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }
  async function post(item, csrf) {
    const body = new FormData(), stop = new AbortController(), timer = setTimeout(() => stop.abort(), 3 * MINUTE);
    body.set("parcel", new Blob([item.blob]), "parcel");
    try {
      const answer = await fetch("/offline/parcels", { method: "POST", body, headers: { "X-CSRFToken": csrf }, signal: stop.signal, redirect: "error" });
      const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: answer.status, ok: answer.ok && json, told: json ? await answer.json() : null };
    } finally { clearTimeout(timer); }
  }
  /* What became of one try. Bytes go only when the server has said that it has them. */
  function after(item, answer) {
    if (answer && answer.ok) {
      const { outcome, code, words } = answer.told;
      return { ...item, state: outcome === "submitted" ? "sent" : outcome, code, words, blob: null };
    }
    if (answer && answer.told && answer.status < 500 && ![401, 403, 408, 429].includes(answer.status)) {
      return { ...item, state: "refused", words: answer.told.words };
    }
    const tries = item.tries + 1;
    return { ...item, state: "waiting", tries, next: Date.now() + Math.min(2 ** tries * 15000, 60 * MINUTE) };
  }
  /* Sends what waits for whoever is signed in, in order; one that fails does not hold the others. `now`: also what
     waits for its next try. Returns {user} (null: nobody is signed in) or {offline: true}. */
  async function send(now, changed) {
    const alone = (work) => (navigator.locks ? navigator.locks.request("mnr-send", { ifAvailable: true }, (lock) => (lock ? work() : { busy: true })) : work());
    return alone(async () => {
      let here;
      try { here = await session(); } catch (error) { return { offline: true }; }
      if (!here.user) return here;
      for (const { sequence } of await all("outbox")) {
        const item = await get("outbox", sequence);
        if (!item || !item.blob || item.user !== here.user || item.state === "refused" || (!now && item.next > Date.now())) continue;
        await put("outbox", { ...item, state: "sending" });
        changed();
        let answer = null;
        try { answer = await post(item, here.csrf); } catch (error) { /* no network: it waits */ }
        const found = after(item, answer);
        await within("outbox", "readwrite", (store) => {
          const still = store.get(sequence);
          still.onsuccess = () => { if (still.result) store.put(found); };
        });
        changed();
        if (answer && [401, 403].includes(answer.status)) return { user: null };
      }
      return here;
    });
  }

  return {
    LEAST_CODE, MOST_FILES, sizeOf, all, get, put, addProfile, unlock, saveDraft, openDraft, drafts, dropDraft, finish, queue, discard, session, send,
    parcel, pack,
  };
})();
