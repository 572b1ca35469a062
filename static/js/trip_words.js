// Correcting and flagging without leaving the trip page.
import { api } from "./dom.js";
import { toast } from "./toast.js";

export function makeWords(trip, refresh) {
  const correcting = document.getElementById("correct-dialog");
  const flagging = document.getElementById("flag-dialog");
  const text = document.getElementById("correct-text");

  function chosen() {
    const sighting = trip.find(trip.now);
    if (!sighting) toast(gettext("Choose a sighting first: J and K go through them."));
    return sighting;
  }

  function correct() {
    const sighting = correcting && chosen();
    if (!sighting) return;
    text.value = sighting.plate;
    document.getElementById("correct-crop").src = sighting.crop;
    document.getElementById("correct-raw").textContent = sighting.plate || "–";
    correcting.returnValue = "";
    correcting.showModal();
    text.select();
  }

  function flag() {
    if (!flagging || !chosen()) return;
    flagging.returnValue = "";
    flagging.showModal();
  }

  async function sayCorrect() {
    const sighting = trip.find(trip.now);
    if (correcting.returnValue !== "correct" || !sighting) return;
    try {
      const said = await api(`/api/v1/sightings/${sighting.id}/corrections/`, { method: "POST", body: { action: "correct", plate: text.value, version: sighting.version } });
      toast(interpolate(gettext("Corrected to %(plate)s."), { plate: said.text_after }, true), { action: { words: gettext("Undo"), run: () => undo(said.id) } });
      refresh();
    } catch (error) {
      toast(error.message, { error: true });
    }
  }

  async function undo(id) {
    try {
      await api(`/api/v1/corrections/${id}/undo/`, { method: "POST" });
      toast(gettext("Taken back."));
      refresh();
    } catch (error) {
      toast(error.message, { error: true });
    }
  }

  async function sayFlag() {
    if (flagging.returnValue !== "flag") return;
    const [reason, note] = ["flag-reason", "flag-note"].map((id) => document.getElementById(id));
    try {
      await api(`/api/v1/sightings/${trip.now}/flags/`, { method: "POST", body: { reason: reason.value, note: note.value } });
      note.value = "";
      toast(gettext("Flagged."));
      refresh();
    } catch (error) {
      toast(error.message, { error: true });
    }
  }

  correcting?.addEventListener("close", sayCorrect);
  flagging?.addEventListener("close", sayFlag);
  return { correct, flag };
}
