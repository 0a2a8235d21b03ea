// A page that begins at one of its parts says there what came of the form in it.

const told = document.querySelector(".messagelist");
const part = document.getElementById(location.hash.slice(1));
if (told && part?.matches("section, details")) {
  part.querySelector("h2, summary").after(told);
  part.closest("details")?.setAttribute("open", "");
  part.scrollIntoView();
}
