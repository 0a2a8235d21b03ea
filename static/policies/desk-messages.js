// Moves the message about a form to the part of the page that the URL's fragment names.

const message = document.querySelector(".messagelist");
const part = document.getElementById(location.hash.slice(1));
if (message && part?.matches("section, details")) {
  part.querySelector("h2, summary").after(message);
  part.closest("details")?.setAttribute("open", "");
  part.scrollIntoView();
}
