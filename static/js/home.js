// Home: readings of trips beside what people see go on live, and the demo trip appears once it is there.
import { on } from "./live.js";
import { isActive, showTrip } from "./progress.js";

on("reprocess", (job) => {
  for (const element of document.querySelectorAll(`main [data-reprocess="${job.id}"]`)) {
    showTrip(element, job);
    if (!isActive(job)) location.reload(); // it waits for a person now
  }
});

if (document.getElementById("drawing-demo")) on("trip", () => location.reload());
