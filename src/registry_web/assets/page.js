"use strict";

// All that this page shows comes from the registry's API, and all of it is text of its authors: it only ever becomes text.

const kManifests = [
  "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
const kPage = 200;

let user = null;           // {name, password}, in this page's memory alone
const tokens = new Map();  // by scope

// ---- the API

class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

const basic = () => "Basic " + btoa(String.fromCharCode(...new TextEncoder().encode(`${user.name}:${user.password}`)));

function challengeOf(response) {
  const text = response.headers.get("WWW-Authenticate") || "";
  const fields = Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(found => [found[1], found[2]]));
  return {scheme: text.split(" ", 1)[0].toLowerCase(), ...fields};
}

// The header that answers a challenge; null: there is none before somebody has logged in.
async function answerTo(challenge) {
  if (challenge.scheme === "basic") return user && basic();
  if (challenge.scheme !== "bearer") return null;
  const url = new URL(challenge.realm, location.href);
  if (url.origin !== location.origin) throw new Refused(401, `Tokens for this registry come from ${url.origin}.`);
  if (challenge.service) url.searchParams.set("service", challenge.service);
  if (challenge.scope) url.searchParams.set("scope", challenge.scope);
  const response = await fetch(url, {credentials: "omit", headers: user ? {Authorization: basic()} : {}});
  if (!response.ok) return null;
  const {token} = await response.json();
  return "Bearer " + token;
}

async function ask(path, {method = "GET", accept = kManifests, scope = path.split("/").slice(0, -2).join("/") + method} = {}) {
  const send = () => {
    const headers = {Accept: accept};
    if (tokens.has(scope)) headers.Authorization = tokens.get(scope);
    return fetch(path, {method, headers, credentials: "omit", cache: "no-store"});
  };
  let response = await send();
  if (response.status === 401) {
    const answer = await answerTo(challengeOf(response));
    if (answer) {
      tokens.set(scope, answer);
      response = await send();
    }
  }
  if (response.ok) return response;
  let text = `The registry answers with status ${response.status}.`;
  try {
    text = (await response.json()).errors[0].message;
  } catch { /* its own words are enough */ }
  throw new Refused(response.status, text);
}
const askJson = async (path, options) => (await ask(path, options)).json();

// ---- what is on the page

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}
const link = (to, text) => make("a", {href: "#/" + to}, text);
const heading = text => make("h2", {}, text);
const kUnits = ["B", "kB", "MB", "GB", "TB"];

function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  let unit = 0;
  for (; bytes >= 1000 && unit < kUnits.length - 1; ++unit) bytes /= 1000;
  return `${unit && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${kUnits[unit]}`;
}
const short = digest => digest.slice(0, digest.indexOf(":") + 13);
const platform = of => of ? [of.os, of.architecture, of.variant].filter(Boolean).join("/") : "";

function table(columns, rows) {
  const numbers = columns.map(column => column.startsWith("#") ? "n" : null);
  return make("table", {},
    make("thead", {}, make("tr", {}, ...columns.map((column, i) => make("th", {class: numbers[i], scope: "col"}, column.replace("#", ""))))),
    make("tbody", {}, ...rows.map(cells => make("tr", {}, ...cells.map((cell, i) => make("td", {class: numbers[i]}, cell ?? ""))))));
}

function facts(pairs) {
  return make("dl", {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function command(text) {
  const button = make("button", {type: "button", "data-copy": text, onclick: async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  }}, "Copy");
  return make("p", {class: "command"}, make("code", {}, text), button);
}

function show(path, ...nodes) {
  const steps = [link("", location.host)];
  if (path) path.forEach(([to, text]) => steps.push(" / ", link(to, text)));
  document.getElementById("path").replaceChildren(...steps);
  document.getElementById("main").replaceChildren(...nodes.filter(Boolean));
  document.title = path && path.length ? path.at(-1)[1] : "Registry";
}

// A listing that comes page by page, and what is typed above it picks from it.
function listing(rows, more) {
  const list = table(["Name"], rows);
  const filter = make("input", {type: "search", placeholder: "Filter", "aria-label": "Filter", id: "filter", oninput: () => {
    for (const row of list.tBodies[0].rows) row.hidden = !row.textContent.includes(filter.value);
  }});
  const next = more && make("p", {}, make("a", {href: more}, "More"));
  return [filter, rows.length ? list : make("p", {class: "soft"}, "There is nothing."), next];
}

// ---- the views

const enter = name => name.split("/").map(encodeURIComponent).join("/");

async function showRepositories(last) {
  const {repositories} = await askJson(`/v2/_catalog?n=${kPage}${last ? "&last=" + encodeURIComponent(last) : ""}`, {scope: "catalog"});
  const more = repositories.length === kPage ? "#/?" + encodeURIComponent(repositories.at(-1)) : null;
  show([], ...listing(repositories.map(name => [link("r/" + enter(name), name)]), more));
}

async function showTags(name, last) {
  const {tags} = await askJson(`/v2/${name}/tags/list?n=${kPage}${last ? "&last=" + encodeURIComponent(last) : ""}`);
  const more = tags.length === kPage ? `#/r/${enter(name)}?${encodeURIComponent(tags.at(-1))}` : null;
  show([["r/" + enter(name), name]], ...listing(tags.map(tag => [link(`i/${enter(name)}/${encodeURIComponent(tag)}`, tag)]), more));
}

const imageLink = (name, descriptor) => link(`i/${enter(name)}/${encodeURIComponent(descriptor.digest)}`, short(descriptor.digest));

function indexView(name, index) {
  return [heading("Images"), table(["Digest", "Platform", "Type", "#Size"], index.manifests.map(each =>
    [imageLink(name, each), platform(each.platform), each.artifactType || each.mediaType, size(each.size)]))];
}

async function imageView(name, manifest) {
  const nodes = [heading("Layers"), table(["Digest", "Type", "#Size"], manifest.layers.map(each => [make("code", {}, short(each.digest)), each.mediaType, size(each.size)]))];
  const isImage = /(image\.config|container\.image)\.v1\+json$/.test(manifest.config.mediaType);
  if (!isImage || manifest.config.size > 4e6) return nodes;
  const config = await askJson(`/v2/${name}/blobs/${manifest.config.digest}`, {accept: "*/*"});
  const run = config.config || {};
  nodes.unshift(facts([
    ["Made", config.created], ["Platform", platform(config)], ["Runs", [...(run.Entrypoint || []), ...(run.Cmd || [])].join(" ")],
    ["User", run.User], ["Folder", run.WorkingDir], ["Ports", Object.keys(run.ExposedPorts || {}).join(" ")],
  ]));
  const history = (config.history || []).map(each => [each.created || "", make("code", {}, each.created_by || each.comment || "")]);
  return history.length ? [...nodes, heading("History"), table(["Made", "By"], history)] : nodes;
}

async function referrersView(name, digest) {
  const {manifests} = await askJson(`/v2/${name}/referrers/${digest}`, {accept: "*/*"});
  if (!manifests.length) return [];
  return [heading("About it"), table(["Digest", "Type", "#Size"], manifests.map(each =>
    [imageLink(name, each), each.artifactType || each.mediaType, size(each.size)]))];
}

function deleteButton(name, reference) {
  return make("button", {type: "button", class: "bad", onclick: async () => {
    if (!confirm(`Delete ${name} ${reference}?`)) return;
    await guarded(async () => {
      await ask(`/v2/${name}/manifests/${reference}`, {method: "DELETE"});
      location.hash = "#/r/" + enter(name);
    });
  }}, reference.includes(":") ? "Delete image" : "Delete tag");
}

async function showImage(name, reference) {
  const response = await ask(`/v2/${name}/manifests/${reference}`);
  const bytes = await response.text();
  const digest = response.headers.get("Docker-Content-Digest");
  const manifest = JSON.parse(bytes);
  const by = reference.includes(":") ? "@" : ":";
  const sum = (manifest.layers || []).reduce((all, each) => all + each.size, 0);
  show([["r/" + enter(name), name], [`i/${enter(name)}/${encodeURIComponent(reference)}`, by === "@" ? short(reference) : reference]],
    command(`podman pull ${location.host}/${name}${by}${reference}`),
    facts([["Digest", make("code", {}, digest)], ["Type", manifest.artifactType || response.headers.get("Content-Type")],
      ["Size", manifest.layers ? size(sum) : ""], ["About", manifest.subject && imageLink(name, manifest.subject)],
      ...Object.entries(manifest.annotations || {})]),
    ...(manifest.manifests ? indexView(name, manifest) : await imageView(name, manifest)),
    ...await referrersView(name, digest),
    make("p", {}, deleteButton(name, reference)));
}

async function guarded(work) {
  try {
    await work();
  } catch (problem) {
    show(null, make("p", {class: "bad", role: "alert"}, problem.message),
      problem.status === 401 ? make("p", {}, make("button", {type: "button", onclick: logIn}, "Log in")) : null,
      make("p", {}, make("label", {}, "A repository's name ", make("input", {id: "filter", onchange: event => {
        location.hash = "#/r/" + enter(event.target.value);
      }}))));
  }
}

function go() {
  const [path, last] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  const behind = last && decodeURIComponent(last);
  if (parts[0] === "r") return guarded(() => showTags(parts.slice(1).join("/"), behind));
  if (parts[0] === "i") return guarded(() => showImage(parts.slice(1, -1).join("/"), parts.at(-1)));
  return guarded(() => showRepositories(behind));
}

// ---- who is here, and the keyboard

function logIn() {
  document.getElementById("login").showModal();
}

document.getElementById("login").addEventListener("close", event => {
  if (event.target.returnValue !== "ok") return;
  const [name, password] = ["user", "password"].map(id => document.getElementById(id).value);
  user = {name, password};
  document.getElementById("password").value = "";
  document.getElementById("who").textContent = "Log out " + name;
  tokens.clear();
  go();
});

document.getElementById("who").addEventListener("click", () => {
  if (!user) return logIn();
  user = null;
  tokens.clear();
  document.getElementById("who").textContent = "Log in";
  go();
});

function move(step) {
  const rows = [...document.querySelectorAll("tbody tr")].filter(row => !row.hidden && row.querySelector("a"));
  if (!rows.length) return;
  const at = rows.findIndex(row => row.classList.contains("here"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  for (const row of rows) row.classList.toggle("here", row === next);
  next.querySelector("a").focus();
}

const kKeys = {
  "/": () => document.getElementById("filter")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  u: () => [...document.querySelectorAll("#path a")].at(-2)?.click(),
  c: () => document.querySelector("[data-copy]")?.click(),
};
document.addEventListener("keydown", event => {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey || !kKeys[event.key]) return;
  event.preventDefault();
  kKeys[event.key]();
});

addEventListener("hashchange", go);
go();
