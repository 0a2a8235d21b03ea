// Makes the editor quick; everything can be done without it, by the buttons of the form. In any order: a
// module imports what has to run before it, and notifies others by events (events.js).

import "./changes.js";
import "./find.js";
import "./folding.js";
import "./keeping.js";
import "./leaving.js";
import "./margin.js";
import "./opened.js";
import "./outline.js";
import "./preview.js";
import "./references.js";
import "./rows.js";
import "./history.js";
import "./sections.js";
import "./selecting.js";
import "./writing.js";
import { begin } from "./panel.js";

begin(); // when all listen
