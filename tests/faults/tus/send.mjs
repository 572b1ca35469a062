// Sends a file by tus-js-client as the words of the command line say, and tells what happens in lines of JSON.
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import tus from "tus-js-client";

const { endpoint, token, file, how, store } = JSON.parse(process.argv[2]);
const size = statSync(file).size;
const tell = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
let paused = false;
const ways = {
  whole: {},
  "with creation": { uploadDataDuringCreation: true },
  paused: {},
  slowly: { retryDelays: Array(60).fill(250), onShouldRetry: () => true },
  broken: {},
  resumed: {},
  terminated: {},
  parallel: { parallelUploads: 2 },
  deferred: { uploadLengthDeferred: true },
};

const upload = new tus.Upload(createReadStream(file), {
  endpoint,
  chunkSize: 32 * 1024,
  headers: { Authorization: `Token ${token}` },
  metadata: { filename: basename(file) },
  retryDelays: [],
  ...(store && { urlStorage: new tus.FileUrlStorage(store) }),
  fingerprint: async () => `${basename(file)}-${size}`,
  storeFingerprintForResuming: Boolean(store),
  ...ways[how],
  onBeforeRequest: (request) => {
    tell("asked", { method: request.getMethod(), offset: Number(request.getHeader("Upload-Offset") ?? 0) });
    return how === "slowly" ? new Promise((done) => setTimeout(done, 150)) : undefined;
  },
  onAfterResponse: (request, response) =>
    tell("answered", { method: request.getMethod(), status: response.getStatus() }),
  onChunkComplete: async (_, accepted) => {
    tell("accepted", { bytes: accepted });
    if (paused || accepted === size) return;
    if (how === "broken") process.exit(3);
    if (how === "paused") {
      paused = true;
      await upload.abort();
      tell("paused");
      setTimeout(() => upload.start(), 300);
    }
    if (how === "terminated") {
      paused = true;
      await upload.abort(true);
      tell("terminated", { url: upload.url });
    }
  },
  onSuccess: () => tell("sent", { url: upload.url }),
  onError: (error) => {
    tell("failed", { message: error.message, status: error.originalResponse?.getStatus(), body: error.originalResponse?.getBody() });
    process.exit(1);
  },
});

const earlier = store ? await upload.findPreviousUploads() : [];
tell("found", { earlier: earlier.length });
if (how === "resumed") upload.resumeFromPreviousUpload(earlier[0]);
upload.start();
