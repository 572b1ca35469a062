// Sending one file in pieces that can be resumed (tus 1.0), and saying how it goes.
/* global tus */
import { csrf } from "./dom.js";

const PIECE = 8 * 1024 * 1024; // bytes a request; what a proxy that buffers whole bodies still lets through
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
const HASHED_UP_TO = 128 * 1024 * 1024; // the browser can only hash what fits its memory
const SMOOTHING = 0.3;

/** SHA-256 of a file that is small enough, so that one the fleet has already need not be sent at all. */
async function hashOf(file) {
  if (file.size > HASHED_UP_TO || !crypto.subtle) return "";
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return ""; // the file cannot be read just now; sending it will say why
  }
}

export class Sending {
  /** `told` is called with {phase, offset, speed, error, id} whenever something changes. */
  constructor(file, { endpoint, metadata, told }) {
    this.file = file;
    this.told = told;
    this.metadata = metadata;
    this.endpoint = endpoint;
    this.wait = FIRST_WAIT;
    this.speed = 0;
    this.stopped = false;
    this.online = () => this.again();
  }

  async start() {
    this.told({ phase: "checking" });
    const earlier = await new tus.Upload(this.file, { endpoint: this.endpoint }).findPreviousUploads();
    const sha256 = earlier.length ? "" : await hashOf(this.file);
    if (this.stopped) return;
    this.upload = new tus.Upload(this.file, {
      endpoint: this.endpoint,
      chunkSize: PIECE,
      retryDelays: null, // waiting is done here, where the row can say so
      removeFingerprintOnSuccess: true,
      metadata: { filename: this.file.name, ...this.metadata, ...(sha256 && { sha256 }) },
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrf()),
      onAfterResponse: (request, response) => this.answered(request, response),
      onProgress: (sent) => this.moved(sent),
      onSuccess: () => this.end("sent"),
      onError: (error) => this.failed(error),
    });
    if (earlier.length) this.upload.resumeFromPreviousUpload(earlier[0]);
    addEventListener("online", this.online);
    this.resumed = earlier.length > 0;
    this.told({ phase: "sending", resumed: this.resumed, id: idIn(earlier[0]?.uploadUrl) });
    this.upload.start();
  }

  get id() {
    return idIn(this.upload?.url);
  }

  answered(request, response) {
    if (request.getMethod() === "POST" && response.getStatus() < 300) this.created(response.getBody());
    this.told({ id: this.id });
  }

  created(body) {
    const answer = JSON.parse(body);
    this.told({ id: answer.id });
    if (!answer.duplicate) return;
    this.upload.abort(); // the fleet has these bytes: nothing needs to be sent
    this.end("sent", answer.id);
  }

  moved(sent) {
    if (this.stopped) return;
    const now = performance.now();
    if (this.last && now - this.last.at > 250) {
      const pace = Math.max(0, (sent - this.last.sent) / (now - this.last.at)) * 1000;
      this.speed = this.speed ? this.speed + SMOOTHING * (pace - this.speed) : pace;
      this.last = { at: now, sent };
    }
    this.last ??= { at: now, sent };
    this.wait = FIRST_WAIT;
    this.told({ phase: "sending", offset: sent, speed: this.speed, id: this.id });
  }

  /** The network and a busy server are waited for; what the server refuses is said. */
  failed(error) {
    const response = error.originalResponse;
    const status = response?.getStatus() ?? 0;
    if (status === 0 || status === 409 || status === 423 || status >= 500) return this.pause(status, wordsOf(response));
    return this.end("refused", null, wordsOf(response) || gettext("The site did not take this file. Try again, or reload the page."));
  }

  pause(status, words) {
    if (this.stopped) return;
    this.last = null;
    this.speed = 0;
    this.told({ phase: "paused", error: status ? words : "" });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  again() {
    clearTimeout(this.timer);
    if (this.stopped || !navigator.onLine) return;
    this.told({ resumed: true });
    this.upload.start(); // asks the server where it stands, and goes on from there
  }

  end(phase, id = null, error = "") {
    this.stop();
    this.told({ phase, id: id ?? this.id, error });
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.online);
    this.upload?.abort();
  }
}

const idIn = (address) => address?.match(/uploads\/([0-9a-f-]{36})/)?.[1] ?? null;

function wordsOf(response) {
  try {
    return JSON.parse(response.getBody()).detail ?? "";
  } catch {
    return "";
  }
}
