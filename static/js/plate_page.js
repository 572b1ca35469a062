// The plate page: its sightings on a map.
import { showPlaces } from "./small_map.js";

showPlaces();
