// The machine that a script runs on: drive Z: is this one's root, as with Wine, and
// programs run as they are. The environment says where the folders of Windows are.
import fs from "node:fs";
import { spawnSync } from "node:child_process";
import { PSError, Unsupported } from "./values.mjs";

export class Machine {
  env(name) {
    return process.env[name] ?? null;
  }

  // local gives the file for a path such as Z:\tmp\x. Names are the same in any
  // case; one that is not there is taken as it is written.
  local(path) {
    if (!/^Z:(\\[^\\/:*?"<>|]+)+$/.test(path)) throw new Unsupported(undefined, `path ${path}`);
    return path.slice(3).split("\\").reduce(within, "");
  }

  // run gives the status and the lines of the output. Bytes beyond ASCII come out
  // as some character, as they do on a Windows of another code page.
  run(path, args) {
    const { status, stdout, error } = spawnSync(this.local(path), args, { stdio: ["inherit", "pipe", "ignore"], encoding: "latin1" });
    if (error || status === null) throw new Unsupported(undefined, `${path} does not run: ${error}`);
    return { status, lines: splitLines(stdout) };
  }

  stat(path) {
    return fs.statSync(this.local(path), { throwIfNoEntry: false });
  }

  isLink(path) {
    return fs.lstatSync(this.local(path)).isSymbolicLink();
  }

  list(path) {
    const local = this.local(path);
    const names = attempt(() => fs.readdirSync(local));
    const upper = (name) => name.toUpperCase();
    names.sort((a, b) => (upper(a) < upper(b) ? -1 : upper(a) > upper(b) ? 1 : 0));
    return names.map((name) => [name, fs.statSync(local + "/" + name).isDirectory()]);
  }

  readLines(path) {
    return splitLines(attempt(() => fs.readFileSync(this.local(path), "latin1")));
  }

  makeFolder(path) {
    attempt(() => fs.mkdirSync(this.local(path)));
  }

  write(path, content) {
    attempt(() => fs.writeFileSync(this.local(path), content, "latin1"));
  }

  append(path, content) {
    attempt(() => fs.appendFileSync(this.local(path), content, "latin1"));
  }

  move(path, destination) {
    if (this.stat(destination)?.isDirectory()) throw new Unsupported(undefined, "moving into a folder");
    attempt(() => fs.renameSync(this.local(path), this.local(destination)));
  }

  remove(path) {
    attempt(() => fs.unlinkSync(this.local(path)));
  }
}

function within(folder, name) {
  const path = folder + "/" + name;
  if (fs.existsSync(path) || !fs.statSync(folder + "/", { throwIfNoEntry: false })?.isDirectory()) return path;
  const same = fs.readdirSync(folder + "/").find((other) => other.toLowerCase() === name.toLowerCase());
  return folder + "/" + (same ?? name);
}

function splitLines(content) {
  const lines = content.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

// attempt turns an error of the system into one that a script may catch.
function attempt(work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unsupported || !error.code) throw error;
    throw new PSError(error.message);
  }
}
