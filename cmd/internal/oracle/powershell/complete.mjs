// node complete.mjs completes the lines on standard input with the script $SCRIPT, as
// PowerShell would, and appends what it offers to the file $ANSWERS.
import { appendFileSync, readFileSync } from "node:fs";
import { Interpreter } from "./interpreter.mjs";
import { Machine } from "./machine.mjs";
import { CompletionResult, Hashtable, Unsupported } from "./values.mjs";

const interpreter = new Interpreter(new Machine(), (object) => {
  throw new Unsupported(undefined, `output of the script: ${object}`);
});
interpreter.run(readFileSync(process.env.SCRIPT, "utf8"));

// elements are those of the command's syntax tree: here words without quotes.
function elements(line) {
  return [...line.matchAll(/\S+/g)].map(
    ({ 0: word, index }) => new Hashtable([["Extent", new Hashtable([["Text", word], ["EndOffset", index + word.length]])]]),
  );
}

// offered gives lines. With no result PowerShell completes the names of files; a string
// that is empty keeps it from that.
function offered(results) {
  if (results.length === 0) return ["word (files)"];
  return results
    .filter((result) => result !== "")
    .map((result) => {
      if (!(result instanceof CompletionResult)) throw new Unsupported(undefined, `result ${result}`);
      return `word ${result.CompletionText}\t${result.ToolTip}`;
    });
}

for (const line of readFileSync(0, "utf8").split("\n").filter((line) => line)) {
  const ast = new Hashtable([["CommandElements", elements(line)]]);
  const word = line.slice(line.lastIndexOf(" ") + 1);
  const results = interpreter.complete("portreg", word, ast, line.length);
  appendFileSync(process.env.ANSWERS, [`line ${line}`, ...offered(results), ""].join("\n"));
}
