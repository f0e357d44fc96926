// node run.mjs SCRIPT runs a script of PowerShell. Its lines end in CRLF, its
// status is the script's; 99 is that of what the interpreter does not know.
import { readFileSync, writeSync } from "node:fs";
import { Interpreter } from "./interpreter.mjs";
import { Machine } from "./machine.mjs";
import { Unsupported } from "./values.mjs";

const [script] = process.argv.slice(2);

function print(object) {
  if (typeof object !== "string") throw new Unsupported(undefined, "output that is no string");
  writeSync(1, object + "\r\n");
}

try {
  process.exitCode = new Interpreter(new Machine(), print).run(readFileSync(script, "latin1"));
} catch (error) {
  console.error(error);
  process.exitCode = 99;
}
