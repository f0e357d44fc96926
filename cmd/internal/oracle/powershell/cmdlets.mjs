// The cmdlets that the scripts use, with the parameters that they give: each is
// "value", "switch", or under "" the one without a name. One that fails does so
// with an error that ends the script only if errors stop. Files are those of
// this.machine, named as on Windows.
import { FileItem, Unsupported, isArray, text } from "./values.mjs";

function lines(value) {
  return (isArray(value) ? value : [value]).map((line) => text(undefined, line));
}

function ascii(encoding) {
  if (encoding !== "ASCII") throw new Unsupported(undefined, `encoding ${encoding}`);
}

// content gives what is written for a value: a line each, in ASCII, ended by CRLF.
function content({ value, encoding, nonewline }) {
  ascii(encoding);
  const all = lines(value);
  if (!/^[\x20-\x7e]*$/.test(all.join(""))) throw new Unsupported(undefined, "writing what is not ASCII");
  return all.map((line) => (nonewline ? line : line + "\r\n")).join("");
}

export const cmdlets = {
  "register-argumentcompleter": {
    parameters: { native: "switch", commandname: "value", scriptblock: "value" },
    run({ native, commandname, scriptblock }) {
      if (!native || !scriptblock.body) throw new Unsupported(undefined, "such a completer");
      this.completers.set(commandname, scriptblock);
    },
  },
  "set-strictmode": {
    parameters: { version: "value" },
    run({ version }) {
      if (version !== 2) throw new Unsupported(undefined, `strict mode ${version}`);
    },
  },
  "write-output": {
    parameters: { "": "value" },
    run(values, out) {
      out(text(undefined, values[""]));
    },
  },
  "test-path": {
    parameters: { literalpath: "value", pathtype: "value" },
    run({ literalpath, pathtype }, out) {
      if (pathtype !== undefined && pathtype !== "Container") throw new Unsupported(undefined, `path type ${pathtype}`);
      const found = this.machine.stat(literalpath);
      out(Boolean(found) && (pathtype === undefined || found.isDirectory()));
    },
  },
  "new-item": {
    fails: true,
    parameters: { itemtype: "value", path: "value" },
    run({ itemtype, path }, out) {
      if (itemtype !== "Directory" || /[*?[\]]/.test(path)) throw new Unsupported(undefined, "such an item");
      this.machine.makeFolder(path);
      out(new FileItem("", path, true));
    },
  },
  "get-item": {
    fails: true,
    parameters: { literalpath: "value" },
    run({ literalpath }, out) {
      const [, folder, name] = literalpath.match(/^(.*)\\([^\\]+)$/);
      out(new FileItem(folder, name, this.machine.stat(literalpath).isDirectory(), this.machine.isLink(literalpath)));
    },
  },
  "get-childitem": {
    fails: true,
    parameters: { literalpath: "value" },
    run({ literalpath }, out) {
      for (const [name, isFolder] of this.machine.list(literalpath)) out(new FileItem(literalpath, name, isFolder));
    },
  },
  "get-content": {
    fails: true,
    parameters: { literalpath: "value" },
    run({ literalpath }, out) {
      this.machine.readLines(literalpath).forEach((line) => out(line));
    },
  },
  "set-content": {
    fails: true,
    parameters: { literalpath: "value", value: "value", encoding: "value" },
    run(values) {
      this.machine.write(values.literalpath, content(values));
    },
  },
  "add-content": {
    fails: true,
    parameters: { literalpath: "value", value: "value", encoding: "value", nonewline: "switch" },
    run(values) {
      this.machine.append(values.literalpath, content(values));
    },
  },
  "move-item": {
    fails: true,
    parameters: { literalpath: "value", destination: "value", force: "switch" },
    run({ literalpath, destination, force }) {
      if (!force) throw new Unsupported(undefined, "Move-Item without -Force");
      this.machine.move(literalpath, destination);
    },
  },
  "remove-item": {
    fails: true,
    parameters: { literalpath: "value" },
    run({ literalpath }) {
      this.machine.remove(literalpath);
    },
  },
};
