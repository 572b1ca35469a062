// One websocket for the page: hears what happens in the fleet, comes back by itself, and is not missed where it fails.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
const PING_EVERY = 30000;
const NOT_LOGGED_IN = 4401;

const listeners = new Map();
let socket = null;
let wait = FIRST_WAIT;

/** Call `told(payload)` for each message of a type: trip, upload, sighting; `connected` whenever the line is up. */
export function on(type, told) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(told);
}

function tell(type, payload) {
  for (const told of listeners.get(type) ?? []) told(payload);
}

export function connect() {
  if (socket) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws/fleet/?language=${document.documentElement.lang}`);
  const ping = setInterval(() => socket?.readyState === 1 && socket.send('{"type":"ping"}'), PING_EVERY);
  socket.addEventListener("open", () => {
    wait = FIRST_WAIT;
    tell("connected");
  });
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    tell(message.type, message[message.type]);
  });
  socket.addEventListener("close", (event) => {
    clearInterval(ping);
    socket = null;
    if (event.code === NOT_LOGGED_IN) return;
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  });
}

addEventListener("online", () => {
  wait = FIRST_WAIT;
  connect();
});
