// Makes the editor quick; everything can be done without it, by the buttons of the form.

import "./folding.js"; // before what gives the focus to a field
import "./keeping.js";
import "./leaving.js";
import "./preview.js";
import "./changes.js";
import "./opened.js";
import "./selecting.js";
import "./sections.js";
import "./writing.js";
import "./outline.js";
import "./find.js";
import "./references.js";
