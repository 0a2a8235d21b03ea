// Makes the editor quick; everything can be done without it, by the buttons of the form.

import "./leaving.js";
import "./preview.js";
import "./selecting.js";
import "./sections.js";
import "./writing.js";
import "./surface/switching.js";
import "./not-arrived.js";
