// The grammar tree-sitter-powershell, compiled to WebAssembly.
//
//   node grammar.mjs FILE...
//
// prints for each file its tree without the comments, and ends with status 1
// if one is no PowerShell.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Language, Parser } from "web-tree-sitter";

const { resolve } = createRequire(import.meta.url);

setFlagsFromString("--liftoff-only"); // optimising the grammar takes longer than all the work
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(resolve("tree-sitter-powershell/tree-sitter-powershell.wasm")));

export class ParseError extends Error {}

// parse gives the root of the tree, of plain nodes without the comments, which may
// stand anywhere; an ERROR or MISSING node is a ParseError.
export function parse(source) {
  const root = parser.parse(source).rootNode;
  const fault = root.hasError && firstFault(root);
  if (fault) throw new ParseError(`${at(fault.startPosition)}: ${fault.isMissing ? "missing " : ""}${fault.type} ${JSON.stringify(fault.text)}`);
  return plain(root.walk(), source);
}

function firstFault(node) {
  if (node.isError || node.isMissing) return node;
  return node.children.map(firstFault).find((fault) => fault);
}

// plain reads with a cursor: a tree of nodes would take seconds.
function plain(cursor, source) {
  const { startIndex, endIndex } = cursor;
  const node = { type: cursor.nodeType, text: source.slice(startIndex, endIndex), position: cursor.startPosition, children: [] };
  if (cursor.gotoFirstChild()) {
    do if (cursor.nodeType !== "comment") node.children.push(plain(cursor, source));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

export function place(node) {
  return at(node.position);
}

function at({ row, column }) {
  return `${row + 1}:${column + 1}`;
}

export function excerpt(node) {
  return JSON.stringify(node.text.length > 60 ? node.text.slice(0, 60) + "..." : node.text);
}

// outline gives a tree as text, the same for sources that differ in comments only.
export function outline(node, indent = "") {
  const text = node.children.length ? "" : " " + JSON.stringify(node.text);
  return indent + node.type + text + "\n" + node.children.map((part) => outline(part, indent + " ")).join("");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) {
    try {
      process.stdout.write(outline(parse(readFileSync(file, "latin1"))));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      console.error(`${file}:${error.message}`);
      process.exitCode = 1;
    }
  }
}
