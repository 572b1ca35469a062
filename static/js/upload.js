// The upload page: files come in by drop or choice, go out two at a time, and each row follows its file to its trip.
import { api, pageData } from "./dom.js";
import { on } from "./live.js";
import { announce, toast } from "./toast.js";
import { draw, moving } from "./upload_row.js";
import { Sending } from "./upload_send.js";

const AT_ONCE = 2;
const ASK_EVERY = 10000;
const root = document.getElementById("uploader");
const list = document.getElementById("upload-list");
const rows = [];
const acts = { again, cancel, retry };

const readonly = () => root.dataset.readonly !== undefined;
const show = (row) => draw(row, readonly() ? null : acts);

function fromServer(upload) {
  return { name: upload.filename, phase: "", file: null, speed: 0, ...upload };
}

function addFiles(files) {
  const batch = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  // Small files first: a track is there before its video has to be matched with it.
  for (const file of [...files].sort((a, b) => a.size - b.size)) addFile(file, batch);
  next();
}

function addFile(file, batch) {
  if (rows.some((row) => moving(row) && row.file && same(row.file, file))) {
    toast(interpolate(gettext("%(name)s is being sent already."), { name: file.name }, true));
    return;
  }
  const row = { name: file.name, size: file.size, offset: 0, file, batch, phase: "queued", state: "", findings: {}, sha256: "", error: "", id: null, trip_id: null };
  if (file.size === 0) Object.assign(row, { phase: "refused", error: gettext("This file is empty (0 bytes). Check the memory card, or copy the file again.") });
  else if (file.size > Number(root.dataset.largest)) Object.assign(row, { phase: "refused", error: gettext("This file is larger than this site accepts.") });
  rows.unshift(row);
  list.prepend(show(row));
}

const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

function next() {
  const busy = rows.filter((row) => ["checking", "sending", "paused"].includes(row.phase)).length;
  const waiting = rows.filter((row) => row.phase === "queued").sort((a, b) => a.size - b.size);
  for (const row of waiting.slice(0, Math.max(0, AT_ONCE - busy))) send(row);
  summarize();
}

function send(row) {
  const vehicle = document.getElementById("vehicle-select")?.value;
  const metadata = { batch: row.batch, fleet: root.dataset.fleet, ...(vehicle && { vehicle }) };
  row.phase = "checking";
  row.sending = new Sending(row.file, { endpoint: root.dataset.endpoint, metadata, told: (news) => told(row, news) });
  row.sending.start();
}

function told(row, news) {
  const known = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined && value !== null));
  Object.assign(row, known);
  if (row.id) dropTwin(row);
  if (news.phase === "sent") arrived(row);
  if (news.phase === "sending") announce(interpolate(gettext("%(name)s: %(share)s sent"), { name: row.name, share: `${Math.floor((row.offset / row.size) * 100)} %` }, true));
  show(row);
  if (["sent", "refused"].includes(news.phase)) next();
  summarize();
}

/** A resumed file may already have a row that the server listed: one of them is enough. */
function dropTwin(row) {
  const twin = rows.findIndex((other) => other !== row && other.id === row.id);
  if (twin < 0) return;
  rows[twin].element?.remove();
  rows.splice(twin, 1);
}

/** All bytes are there: from now on the row shows what the server says. */
async function arrived(row) {
  row.phase = "";
  row.state = "received";
  try {
    const upload = await api(`/api/v1/uploads/${row.id}/`);
    onUpload({ ...upload, trip_id: upload.trip });
  } catch {
    // The websocket tells the same a little later.
  }
}

/** The server may tell of a new upload before its answer to this page's own request is here. */
const sentFromHere = (upload) => rows.find((row) => !row.id && moving(row) && row.name === upload.filename && row.size === upload.size);

function onUpload(upload) {
  let row = rows.find((one) => one.id === upload.id) ?? sentFromHere(upload);
  if (row) row.id = upload.id;
  if (!row) {
    if (upload.state === "cancelled") return;
    row = fromServer(upload);
    rows.unshift(row);
    list.prepend(show(row));
  }
  if (upload.state === "cancelled") return forget(row);
  // While this page sends the bytes itself, it knows better how far they are.
  if (!moving(row)) Object.assign(row, { state: upload.state, offset: upload.offset });
  Object.assign(row, { error_code: upload.error_code, sha256: upload.sha256, error: moving(row) ? row.error : upload.error, findings: upload.findings ?? {}, trip_id: upload.trip_id });
  show(row);
  summarize();
}

/** What ended while there was no line is not told again, and a message may overtake another: ask. */
async function catchUp() {
  const open = rows.filter((row) => row.id && !row.phase && ["receiving", "received", "inspecting"].includes(row.state));
  for (const row of open) {
    try {
      const upload = await api(`/api/v1/uploads/${row.id}/`);
      onUpload({ ...upload, trip_id: upload.trip });
    } catch {
      return; // the line is down again, and comes back again
    }
  }
}

function forget(row) {
  row.sending?.stop();
  row.element?.remove();
  if (rows.includes(row)) rows.splice(rows.indexOf(row), 1);
  next();
}

async function cancel(row) {
  row.sending?.stop();
  try {
    if (row.id && row.phase !== "refused") await api(`/api/v1/uploads/${row.id}/`, { method: "DELETE" });
  } catch (error) {
    if (error.status !== 404 && error.status !== 410) toast(error.message, { error: true });
  }
  forget(row);
}

async function retry(row) {
  try {
    const upload = await api(`/api/v1/uploads/${row.id}/retry/`, { method: "POST" });
    onUpload({ ...upload, trip_id: upload.trip });
  } catch (error) {
    toast(error.message, { error: true });
  }
}

function again(row) {
  Object.assign(row, { phase: "queued", error: "", offset: 0, id: null });
  show(row);
  next();
}

function summarize() {
  const place = document.getElementById("upload-summary");
  if (!place) return;
  const going = rows.filter(moving).length;
  place.textContent = going ? interpolate(ngettext("%(count)s file is on the way. Keep this page open.", "%(count)s files are on the way. Keep this page open.", going), { count: going }, true) : "";
}

function dragAndDrop() {
  let depth = 0;
  const over = (inside) => document.body.classList.toggle("dragging", inside);
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => hasFiles(event) && over(++depth > 0));
  addEventListener("dragleave", (event) => hasFiles(event) && over(--depth > 0));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    addFiles(event.dataTransfer.files);
  });
}

if (root) {
  for (const upload of pageData("uploads-data") ?? []) rows.push(fromServer(upload));
  list.append(...rows.map(show));
  on("upload", onUpload);
  on("connected", catchUp);
  setInterval(catchUp, ASK_EVERY);
  if (!readonly()) {
    dragAndDrop();
    const input = document.getElementById("file-input");
    input.addEventListener("change", () => {
      addFiles(input.files);
      input.value = "";
    });
    addEventListener("beforeunload", (event) => rows.some(moving) && event.preventDefault());
  }
}
