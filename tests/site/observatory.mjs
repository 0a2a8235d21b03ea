// Mozilla's HTTP Observatory on a site of this machine: node observatory.mjs <package> <request>.
// request: JSON with hostname, httpPort, httpsPort and pages: [{path, headers}]. Prints JSON: for
// each page its score and the rules that it failed or gained something by.
//
// What fetches, judges and weighs is the package's own; its scan() is not used only because it
// takes neither port nor path. The sum is made as scan() makes it.
import { pathToFileURL } from "node:url";

const [folder, request] = process.argv.slice(2);
const part = (name) => import(pathToFileURL(`${folder}/src/${name}.js`).href);
const { retrieve } = await part("retriever/retriever");
const { ALL_TESTS } = await part("constants");
const { getGradeForScore, getScoreModifier } = await part("grader/grader");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part("grader/charts");

const { hostname, httpPort, httpsPort, pages } = JSON.parse(request);
const found = [];
for (const { path, headers } of pages) {
  const fetched = await retrieve(hostname, { httpPort, httpsPort, path, headers });
  if (!fetched.responses.auto) {
    throw new Error(`${path} could not be fetched.`);
  }
  const judged = ALL_TESTS.map((test) => test(fetched));
  const modifiers = judged.map((it) => getScoreModifier(it.result));
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 100);
  const base = sum(modifiers.filter((number) => number < 0));
  const score = base >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(modifiers) : base;
  found.push({
    path,
    status: fetched.responses.auto.status,
    score: getGradeForScore(score).score,
    grade: getGradeForScore(score).grade,
    verified: fetched.responses.https?.verified ?? false,
    failed: judged.filter((it) => !it.pass).map((it) => it.result),
    results: judged.map((it) => it.result),
  });
}
console.log(JSON.stringify(found));
