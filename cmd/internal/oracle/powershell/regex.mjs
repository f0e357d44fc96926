// Regular expressions of .NET, as far as scripts have them.
import { Unsupported } from "./values.mjs";

// What means the same in both, and what JavaScript writes in another way: white
// space and words are those of Unicode, and $ is also before a line feed at the
// end.
const space = "\\f\\n\\r\\t\\v\\x85\\p{Z}";
const word = "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}";
const pieces = [
  [/^\\s/, () => `[${space}]`],
  [/^\\S/, () => `[^${space}]`],
  [/^\\w/, () => `[${word}]`],
  [/^\\[*.]/, (piece) => piece],
  [/^\[(?:[0-9A-Za-z]-[0-9A-Za-z]|[A-Za-z_])+-?\]/, (piece) => piece.replace("-]", "\\-]")],
  [/^\{[0-9]+(?:,[0-9]+)?\}/, (piece) => piece],
  [/^\((?!\?)/, (piece) => piece],
  [/^[)|*+?^]/, (piece) => piece],
  [/^\$/, () => "(?=\\n?(?![^]))"],
  [/^-/, () => "\\x2d"],
  [/^\./, () => "[^\\n]"],
  [/^[0-9A-Za-z #:/=,]/, (piece) => piece],
];

export function regex(node, source) {
  let rest = source;
  let translated = "";
  while (rest !== "") {
    const found = pieces.map(([form, give]) => [form.exec(rest)?.[0], give]).find(([piece]) => piece !== undefined);
    if (!found) throw new Unsupported(node, `in a regular expression: ${rest}`);
    translated += found[1](found[0]);
    rest = rest.slice(found[0].length);
  }
  return new RegExp(translated, "u");
}
