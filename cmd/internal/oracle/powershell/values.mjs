// The values of the interpreter that JavaScript does not have, and its errors.
import { excerpt, place } from "./grammar.mjs";

// NOTHING is what a command without output gives.
export const NOTHING = Symbol("nothing");

// PSError is a terminating error, which a script may catch.
export class PSError extends Error {}

// Unsupported is what the interpreter does not know, or a mistake of the script
// that PowerShell would pass over: no script can catch it.
export class Unsupported extends Error {
  constructor(node, what) {
    super(node ? `${place(node)}: not supported: ${what}: ${excerpt(node)}` : `not supported: ${what}`);
  }
}

export class Hashtable {
  #entries = new Map();
  constructor(entries = []) {
    for (const [key, value] of entries) this.set(key, value);
  }
  static #key(key) {
    if (typeof key !== "string" && !Number.isInteger(key)) throw new Unsupported(undefined, "such a key");
    return typeof key === "string" ? key.toLowerCase() : key;
  }
  has(key) {
    return this.#entries.has(Hashtable.#key(key));
  }
  get(key) {
    return this.#entries.get(Hashtable.#key(key));
  }
  set(key, value) {
    this.#entries.set(Hashtable.#key(key), value);
  }
  get size() {
    return this.#entries.size;
  }
  delete(key) {
    this.#entries.delete(Hashtable.#key(key));
  }
}

// FileItem has the properties of System.IO.FileInfo and DirectoryInfo that scripts
// use.
export class FileItem {
  constructor(folder, name, isFolder, isLink = false) {
    const dot = name.lastIndexOf(".");
    this.FullName = folder + "\\" + name;
    this.Name = name;
    this.BaseName = dot < 0 ? name : name.slice(0, dot);
    this.PSIsContainer = isFolder;
    this.Attributes = (isFolder ? "Directory" : "Archive") + (isLink ? ", ReparsePoint" : "");
  }
}

// CompletionResult is System.Management.Automation.CompletionResult, whose constructor
// wants four texts, none of them empty, and the name of a type of results.
export class CompletionResult {
  constructor(completionText, listItemText, resultType, toolTip) {
    const texts = [completionText, listItemText, toolTip];
    if (resultType !== "ParameterValue" || !texts.every((each) => typeof each === "string" && each)) {
      throw new Unsupported(undefined, `such a result: ${texts}, ${resultType}`);
    }
    Object.assign(this, { CompletionText: completionText, ToolTip: toolTip });
  }
}

export const isArray = Array.isArray;

// text is what a value is in a string.
export function text(node, value) {
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return String(value);
  throw new Unsupported(node, "something else than a string or a number in a string");
}
