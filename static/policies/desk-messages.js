// Shows the message about a form where its reader is: where the form was, with the page scrolled as
// it was then; or else in the part of the page that the URL's fragment names.

const PLACE = "place-on-desk";

const scrolled = () => [document.documentElement, document.querySelector("aside")].filter(Boolean);
const remarks = () => [...document.querySelectorAll(".remark")];

// A form beside the text leads back to this page.
document.addEventListener("submit", ({ defaultPrevented, target }) => {
  if (defaultPrevented || !target.closest("aside")) return;
  const tops = scrolled().map((part) => part.scrollTop);
  const remark = remarks().indexOf(target.closest(".remark"));
  const place = { path: location.pathname, tops, remark, id: target.id };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
});

const message = document.querySelector(".messagelist");
const part = document.getElementById(location.hash.slice(1));
if (message && part?.matches("section, details")) {
  part.querySelector("h2, summary").after(message);
  part.closest("details")?.setAttribute("open", "");
  part.scrollIntoView();
}

const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
sessionStorage.removeItem(PLACE);
if (message && place?.path === location.pathname) {
  (remarks()[place.remark] ?? document.getElementById(place.id))?.before(message);
  message.tabIndex = -1;
  message.focus({ preventScroll: true });
  comeBack();
  addEventListener("load", comeBack);
}

function comeBack() {
  for (const [index, part] of scrolled().entries()) part.scrollTop = place.tops[index];
  message.scrollIntoView({ block: "nearest" });
}
